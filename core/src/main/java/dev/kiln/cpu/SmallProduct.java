package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.LANES;
import static dev.kiln.cpu.VectorMath.SPECIES;
import static dev.kiln.cpu.VectorMath.load;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/** {@link Tiles#small} in the Vector API: as many columns at a time as a vector has lanes. */
final class SmallProduct {
  private SmallProduct() {}

  static void multiply(
      Matrix a, Matrix b, float @Nullable [] start, int startAt, float[] c, int cAt, int cEnd) {
    int n = b.columns();
    int k = b.rows();
    float[] panel = Scratch.ofThread().array(Scratch.Role.RIGHT, (k + 2) * LANES);
    for (int j = 0; j < n; j += LANES) {
      int width = Math.min(LANES, n - j);
      pack(b, j, width, panel);
      if (start == null) {
        Arrays.fill(panel, k * LANES, k * LANES + LANES, 0);
      } else {
        VectorRows.copyFew(start, startAt + j, panel, k * LANES, width);
      }
      rows(a, panel, c, cAt + j, n, width, cEnd);
    }
  }

  /** Columns as rows of a vector each; the lanes behind the last column hold anything. */
  private static void pack(Matrix b, int column, int width, float[] panel) {
    float[] source = b.data();
    int down = b.rowStride();
    int across = b.columnStride();
    for (int p = 0; p < b.rows(); p++) {
      int from = b.at(p, column);
      if (across == 1 && from + LANES <= source.length) {
        load(source, from).intoArray(panel, p * LANES);
        continue;
      }
      for (int j = 0; j < width; j++) {
        panel[p * LANES + j] = source[from + j * across];
      }
    }
  }

  /** All rows of so many columns; what a vector writes beyond them, the next row overwrites. */
  private static void rows(
      Matrix a, float[] panel, float[] c, int cAt, int n, int width, int cEnd) {
    float[] left = a.data();
    int along = a.columnStride();
    int k = a.columns();
    FloatVector start = load(panel, k * LANES);
    for (int i = 0; i < a.rows(); i++) {
      int from = a.at(i, 0);
      FloatVector sum = start;
      for (int p = 0; p < k; p++) {
        sum =
            FloatVector.broadcast(SPECIES, left[from + p * along]).fma(load(panel, p * LANES), sum);
      }
      int to = cAt + i * n;
      if (to + LANES <= cEnd && (width == n || width == LANES)) {
        sum.intoArray(c, to);
      } else {
        int last = (k + 1) * LANES;
        sum.intoArray(panel, last);
        for (int j = 0; j < width; j++) {
          c[to + j] = panel[last + j];
        }
      }
    }
  }
}
