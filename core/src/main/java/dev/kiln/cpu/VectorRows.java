package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.LANES;
import static dev.kiln.cpu.VectorMath.SPECIES;
import static dev.kiln.cpu.VectorMath.load;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Rows of a few vectors and a rest, copied and added up without a loop over the rest: for so few
 * elements the call of {@link System#arraycopy} takes longer than the copying.
 */
final class VectorRows {
  private static final int FEW = 8 * LANES;

  /** The first so many lanes. */
  private static final VectorMask<Float>[] FIRST = first();

  private VectorRows() {}

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static VectorMask<Float>[] first() {
    VectorMask<Float>[] masks = new VectorMask[LANES + 1];
    for (int n = 0; n <= LANES; n++) {
      masks[n] = SPECIES.indexInRange(0, n);
    }
    return masks;
  }

  /** Copies {@code n} elements into another array; a last vector begins inside the one before. */
  static void copy(float[] x, int xAt, float[] y, int yAt, int n) {
    if (n < LANES || n > FEW) {
      System.arraycopy(x, xAt, y, yAt, n);
      return;
    }
    int last = n - LANES;
    for (int i = 0; i < last; i += LANES) {
      load(x, xAt + i).intoArray(y, yAt + i);
    }
    load(x, xAt + last).intoArray(y, yAt + last);
  }

  /** Copies less than a vector, for whom a whole one may be read; {@code y} has room for it. */
  static void copyFew(float[] x, int xAt, float[] y, int yAt, int n) {
    if (xAt + LANES <= x.length) {
      load(x, xAt).intoArray(y, yAt);
      return;
    }
    for (int i = 0; i < n; i++) {
      y[yAt + i] = x[xAt + i];
    }
  }

  /** {@link Gates#widen} of less than a vector, or of one. */
  static void widen(Slots from, Slots to, int rows, int slots, int n, int units) {
    for (int slot = 0; slot < slots; slot++) {
      int xAt = from.at(0, slot);
      int yAt = to.at(0, slot);
      int last = xAt + (rows - 1) * from.rowStep();
      if (Math.max(xAt, last) + LANES <= from.data().length) {
        widen(from.data(), xAt, from.rowStep(), to.data(), yAt, to.rowStep(), rows, n);
      } else {
        widenFew(from.data(), xAt, from.rowStep(), to.data(), yAt, to.rowStep(), rows, n);
      }
    }
  }

  private static void widen(
      float[] x, int xAt, int xStep, float[] y, int yAt, int yStep, int rows, int n) {
    FloatVector zero = FloatVector.zero(SPECIES);
    VectorMask<Float> first = FIRST[n];
    for (int row = 0; row < rows; row++) {
      zero.blend(load(x, xAt + row * xStep), first).intoArray(y, yAt + row * yStep);
    }
  }

  /** Where there is no vector's room behind a row. */
  private static void widenFew(
      float[] x, int xAt, int xStep, float[] y, int yAt, int yStep, int rows, int n) {
    for (int row = 0; row < rows; row++) {
      int to = yAt + row * yStep;
      FloatVector.zero(SPECIES).intoArray(y, to);
      for (int i = 0; i < n; i++) {
        y[to + i] = x[xAt + row * xStep + i];
      }
    }
  }

  /** {@link Gates#narrow}: what a vector leaves behind its slot, the next one overwrites. */
  static void narrow(Slots from, Slots to, int rows, int slots, int n, int end) {
    if (to.rowStep() < 0) {
      narrow(from.reversed(rows), to.reversed(rows), rows, slots, n, end);
      return;
    }
    boolean close = to.slotStep() == n && to.rowStep() == slots * n;
    float[] x = from.data();
    float[] y = to.data();
    int row = 0;
    if (close && slots == 1) {
      row = Math.max(0, Math.min(rows, Math.floorDiv(end - LANES - to.offset(), n) + 1));
      narrow(x, from.offset(), from.rowStep(), y, to.offset(), n, row);
    }
    for (; row < rows; row++) {
      for (int slot = 0; slot < slots; slot++) {
        int xAt = from.at(row, slot);
        int yAt = to.at(row, slot);
        if (close && yAt + LANES <= end) {
          load(x, xAt).intoArray(y, yAt);
        } else {
          for (int i = 0; i < n; i++) {
            y[yAt + i] = x[xAt + i];
          }
        }
      }
    }
  }

  private static void narrow(float[] x, int xAt, int xStep, float[] y, int yAt, int n, int rows) {
    for (int row = 0; row < rows; row++) {
      load(x, xAt + row * xStep).intoArray(y, yAt + row * n);
    }
  }

  /** {@code y += x}; y goes on to the end of a vector, and what is there stays. */
  static void add(float[] x, int xAt, float[] y, int yAt, int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      load(y, yAt + i).add(load(x, xAt + i)).intoArray(y, yAt + i);
    }
    if (whole < n && xAt + whole + LANES <= x.length) {
      FloatVector before = load(y, yAt + whole);
      FloatVector after = before.add(load(x, xAt + whole));
      before.blend(after, FIRST[n - whole]).intoArray(y, yAt + whole);
    } else {
      for (int i = whole; i < n; i++) {
        y[yAt + i] += x[xAt + i];
      }
    }
  }
}
