package dev.kiln.cpu;

import dev.kiln.backend.Conv2dSpec;
import java.util.Arrays;

/**
 * How a plane is laid out for sums over shifted copies of it: with its padding, sorted into phases
 * by the stride, so that whatever the stride neighbouring outputs read neighbours and a whole plane
 * of outputs is one run.
 *
 * <pre>
 *   element (r, q) of phase (i, j)  =  x[r · strideHeight + i - paddingHeight][q · strideWidth + j - …]
 *
 *   phases [strideHeight · strideWidth] of [rows][pitch]         pitch = outputs in a row + the widest
 *                                                                shift: a row's end is padding
 * </pre>
 */
final class PlaneLayout {
  /** Runs are whole numbers of vectors, of any width. */
  private static final int WHOLE = 64;

  private final Conv2dSpec spec;

  /** Rows of a phase. */
  private final int rows;

  /** From one row to the next. */
  private final int pitch;

  /** Where, from an output's place, each kernel position lies in its phase. */
  private final int[] shifts;

  /** The phase of each kernel position. */
  private final int[] phases;

  PlaneLayout(Conv2dSpec spec) {
    this.spec = spec;
    rows =
        spec.outHeight() + (spec.kernelHeight() - 1) * spec.dilationHeight() / spec.strideHeight();
    pitch = spec.outWidth() + (spec.kernelWidth() - 1) * spec.dilationWidth() / spec.strideWidth();
    shifts = new int[spec.kernelHeight() * spec.kernelWidth()];
    phases = new int[shifts.length];
    for (int tap = 0; tap < shifts.length; tap++) {
      int h = tap / spec.kernelWidth() * spec.dilationHeight();
      int w = tap % spec.kernelWidth() * spec.dilationWidth();
      shifts[tap] = h / spec.strideHeight() * pitch + w / spec.strideWidth();
      phases[tap] = h % spec.strideHeight() * spec.strideWidth() + w % spec.strideWidth();
    }
  }

  /** Kernel positions. */
  int taps() {
    return shifts.length;
  }

  int shift(int tap) {
    return shifts[tap];
  }

  int phase(int tap) {
    return phases[tap];
  }

  int phaseCount() {
    return spec.strideHeight() * spec.strideWidth();
  }

  /** The largest shift. */
  int reach() {
    return shifts.length == 0 ? 0 : shifts[shifts.length - 1];
  }

  /** Elements of a phase. */
  int phaseSize() {
    return Math.multiplyExact(rows, pitch);
  }

  /** Elements from a plane's first output to its last, and what makes the run whole. */
  int outputRun() {
    return whole(spec.outHeight() * pitch);
  }

  /** Elements of a phase, and what makes the run whole. */
  int phaseRun() {
    return whole(phaseSize());
  }

  /** Elements of a padded plane: a run may be read from every kernel position on. */
  int paddedSize() {
    return Math.addExact(phaseCount() * phaseSize(), outputRun());
  }

  /** Where in a padded plane each kernel position's run begins. */
  int[] places() {
    int[] places = new int[shifts.length];
    Arrays.setAll(places, tap -> phases[tap] * phaseSize() + shifts[tap]);
    return places;
  }

  private static int whole(int run) {
    return (run + WHOLE - 1) / WHOLE * WHOLE;
  }

  /** Lays a plane of the input out. */
  void pad(float[] x, int xAt, float[] padded) {
    int strideWidth = spec.strideWidth();
    int to = 0;
    for (int phase = 0; phase < phaseCount(); phase++) {
      int left = spec.paddingWidth() - phase % strideWidth;
      int begin = Math.max(0, Math.min(pitch, Math.floorDiv(left + strideWidth - 1, strideWidth)));
      int end =
          Math.min(pitch, Math.floorDiv(spec.inWidth() + left + strideWidth - 1, strideWidth));
      for (int r = 0; r < rows; r++, to += pitch) {
        int h = r * spec.strideHeight() + phase / strideWidth - spec.paddingHeight();
        if (h < 0 || h >= spec.inHeight() || begin >= end) {
          Arrays.fill(padded, to, to + pitch, 0);
          continue;
        }
        int from = xAt + h * spec.inWidth() - left;
        Arrays.fill(padded, to, to + begin, 0);
        if (strideWidth == 1) {
          System.arraycopy(x, from + begin, padded, to + begin, end - begin);
        } else if (strideWidth == 2) { // a step that the JIT knows is one it need not check
          for (int q = begin; q < end; q++) {
            padded[to + q] = x[from + q * 2];
          }
        } else {
          for (int q = begin; q < end; q++) {
            padded[to + q] = x[from + q * strideWidth];
          }
        }
        Arrays.fill(padded, to + end, to + pitch, 0);
      }
    }
    Arrays.fill(padded, to, to + outputRun(), 0);
  }

  /** Puts a laid out gradient of the input back: the reverse of {@link #pad}, of one phase. */
  void unpad(float[] laid, int phase, float[] dx, int dxAt) {
    int strideWidth = spec.strideWidth();
    int left = spec.paddingWidth() - phase % strideWidth;
    int begin = Math.max(0, Math.min(pitch, Math.floorDiv(left + strideWidth - 1, strideWidth)));
    int end = Math.min(pitch, Math.floorDiv(spec.inWidth() + left + strideWidth - 1, strideWidth));
    for (int r = 0; r < rows; r++) {
      int h = r * spec.strideHeight() + phase / strideWidth - spec.paddingHeight();
      if (h < 0 || h >= spec.inHeight() || begin >= end) {
        continue;
      }
      int to = dxAt + h * spec.inWidth() - left;
      if (strideWidth == 1) {
        System.arraycopy(laid, r * pitch + begin, dx, to + begin, end - begin);
      } else if (strideWidth == 2) {
        for (int q = begin; q < end; q++) {
          dx[to + q * 2] = laid[r * pitch + q];
        }
      } else {
        for (int q = begin; q < end; q++) {
          dx[to + q * strideWidth] = laid[r * pitch + q];
        }
      }
    }
  }

  /**
   * Lays a plane of outputs out, with zeros at the ends of rows and all around.
   *
   * @param before zeros before the first
   * @param size elements to be written
   */
  void spread(float[] dy, int dyAt, float[] laid, int laidAt, int before, int size) {
    int at = laidAt + before;
    Arrays.fill(laid, laidAt, at, 0);
    for (int row = 0; row < spec.outHeight(); row++, at += pitch) {
      System.arraycopy(dy, dyAt + row * spec.outWidth(), laid, at, spec.outWidth());
      Arrays.fill(laid, at + spec.outWidth(), at + pitch, 0);
    }
    Arrays.fill(laid, at, laidAt + size, 0);
  }

  /** Takes a plane of outputs from where {@link #outputRun} has them. */
  void collect(float[] laid, float[] y, int yAt) {
    for (int row = 0; row < spec.outHeight(); row++) {
      System.arraycopy(laid, row * pitch, y, yAt + row * spec.outWidth(), spec.outWidth());
    }
  }
}
