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
    VectorMask<Float>[] masks = new VectorMask[LANES];
    for (int n = 0; n < LANES; n++) {
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
