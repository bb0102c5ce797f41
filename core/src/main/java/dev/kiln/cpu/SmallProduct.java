package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.LANES;
import static dev.kiln.cpu.VectorMath.SPECIES;
import static dev.kiln.cpu.VectorMath.load;

import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/** {@link Tiles#small} in the Vector API: as many columns at a time as a vector has lanes. */
final class SmallProduct {
  private SmallProduct() {}

  static void multiply(
      Matrix a, Matrix b, float @Nullable [] start, int startAt, float[] c, int cAt, int cEnd) {
    int n = b.columns();
    int k = b.rows();
    for (int j = 0; j < n; j += LANES) {
      int width = Math.min(LANES, n - j);
      float[] first = start;
      int firstAt = startAt + j;
      if (start != null && firstAt + LANES > start.length) {
        first = Scratch.ofThread().array(Scratch.Role.START, LANES);
        VectorRows.copyFew(start, firstAt, first, 0, width);
        firstAt = 0;
      }
      if (b.columnStride() == 1 && b.at(k - 1, j) + LANES <= b.data().length) {
        int at = b.at(0, j);
        rows(a, b.data(), at, b.rowStride(), first, firstAt, c, cAt + j, n, width, cEnd);
      } else {
        float[] panel = Scratch.ofThread().array(Scratch.Role.RIGHT, k * LANES);
        pack(b, j, width, panel);
        rows(a, panel, 0, LANES, first, firstAt, c, cAt + j, n, width, cEnd);
      }
    }
  }

  /** Columns as rows of a vector each; the lanes behind the last column hold anything. */
  private static void pack(Matrix b, int column, int width, float[] panel) {
    if (b.rowStride() == 1) {
      Matrix.transpose(
          b.data(), b.at(0, column), b.columnStride(), width, b.rows(), panel, 0, LANES);
      return;
    }
    for (int p = 0; p < b.rows(); p++) {
      for (int j = 0; j < width; j++) {
        panel[p * LANES + j] = b.data()[b.at(p, column + j)];
      }
    }
  }

  /** All rows of so many columns; what a vector writes beyond them, the next row overwrites. */
  private static void rows(
      Matrix a,
      float[] right,
      int rightAt,
      int down,
      float @Nullable [] start,
      int startAt,
      float[] c,
      int cAt,
      int n,
      int width,
      int cEnd) {
    float[] left = a.data();
    int along = a.columnStride();
    int k = a.columns();
    FloatVector first = start == null ? FloatVector.zero(SPECIES) : load(start, startAt);
    for (int i = 0; i < a.rows(); i++) {
      int from = a.at(i, 0);
      FloatVector sum = first;
      for (int p = 0; p < k; p++) {
        sum =
            FloatVector.broadcast(SPECIES, left[from + p * along])
                .fma(load(right, rightAt + p * down), sum);
      }
      int to = cAt + i * n;
      if (to + LANES <= cEnd && (width == n || width == LANES)) {
        sum.intoArray(c, to);
      } else {
        float[] spare = Scratch.ofThread().array(Scratch.Role.LANES, LANES);
        sum.intoArray(spare, 0);
        for (int j = 0; j < width; j++) {
          c[to + j] = spare[j];
        }
      }
    }
  }
}
