package dev.kiln.ops;

/**
 * The window of a 1-D pooling; {@link #of} and the methods after it build one. The stride is the
 * kernel's size unless set.
 *
 * @param ceil outputs are counted rounding up: a last window may hang over the edge
 * @param countIncludePad only for averages: padding counts in the divisor
 */
public record Pool1dOptions(
    int kernel, int stride, int padding, boolean ceil, boolean countIncludePad) {

  /**
   * @throws IllegalArgumentException for an empty kernel, a stride below 1, or padding of more than
   *     half the kernel
   */
  public Pool1dOptions {
    if (kernel < 1 || stride < 1) {
      throw new IllegalArgumentException(
          "pool1d: kernel and stride are at least 1, not kernel " + kernel + ", stride " + stride);
    }
    if (padding < 0 || padding > kernel / 2) {
      throw new IllegalArgumentException(
          "pool1d: padding is from 0 to half the kernel, not " + padding + " for kernel " + kernel);
    }
  }

  /** Windows that do not overlap. */
  public static Pool1dOptions of(int kernel) {
    return new Pool1dOptions(kernel, kernel, 0, false, true);
  }

  public Pool1dOptions stride(int step) {
    return new Pool1dOptions(kernel, step, padding, ceil, countIncludePad);
  }

  public Pool1dOptions padding(int each) {
    return new Pool1dOptions(kernel, stride, each, ceil, countIncludePad);
  }

  public Pool1dOptions ceil(boolean roundUp) {
    return new Pool1dOptions(kernel, stride, padding, roundUp, countIncludePad);
  }

  public Pool1dOptions countIncludePad(boolean counts) {
    return new Pool1dOptions(kernel, stride, padding, ceil, counts);
  }

  /** The same over images one row high. */
  Pool2dOptions flat() {
    return Pool2dOptions.of(1, kernel)
        .stride(1, stride)
        .padding(0, padding)
        .ceil(ceil)
        .countIncludePad(countIncludePad);
  }
}
