package dev.kiln.ops;

/**
 * The window of a 2-D pooling; {@link #of} and the methods after it build one. The stride is the
 * kernel's size unless set.
 *
 * @param ceil outputs are counted rounding up: a last window may hang over the edge
 * @param countIncludePad only for averages: padding counts in the divisor
 */
public record Pool2dOptions(
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int paddingHeight,
    int paddingWidth,
    boolean ceil,
    boolean countIncludePad) {

  /**
   * @throws IllegalArgumentException for an empty kernel, a stride below 1, or padding of more than
   *     half the kernel
   */
  public Pool2dOptions {
    if (kernelHeight < 1 || kernelWidth < 1 || strideHeight < 1 || strideWidth < 1) {
      throw new IllegalArgumentException(
          "pool2d: kernel and stride are at least 1, not kernel ("
              + kernelHeight
              + ", "
              + kernelWidth
              + ") and stride ("
              + strideHeight
              + ", "
              + strideWidth
              + ")");
    }
    if (paddingHeight < 0
        || paddingWidth < 0
        || paddingHeight > kernelHeight / 2
        || paddingWidth > kernelWidth / 2) {
      throw new IllegalArgumentException(
          "pool2d: padding is from 0 to half the kernel, not ("
              + paddingHeight
              + ", "
              + paddingWidth
              + ") for kernel ("
              + kernelHeight
              + ", "
              + kernelWidth
              + ")");
    }
  }

  /** Square windows that do not overlap. */
  public static Pool2dOptions of(int kernel) {
    return of(kernel, kernel);
  }

  public static Pool2dOptions of(int kernelHeight, int kernelWidth) {
    return new Pool2dOptions(
        kernelHeight, kernelWidth, kernelHeight, kernelWidth, 0, 0, false, true);
  }

  public Pool2dOptions stride(int both) {
    return stride(both, both);
  }

  public Pool2dOptions stride(int height, int width) {
    return new Pool2dOptions(
        kernelHeight,
        kernelWidth,
        height,
        width,
        paddingHeight,
        paddingWidth,
        ceil,
        countIncludePad);
  }

  public Pool2dOptions padding(int both) {
    return padding(both, both);
  }

  public Pool2dOptions padding(int height, int width) {
    return new Pool2dOptions(
        kernelHeight, kernelWidth, strideHeight, strideWidth, height, width, ceil, countIncludePad);
  }

  public Pool2dOptions ceil(boolean roundUp) {
    return new Pool2dOptions(
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        roundUp,
        countIncludePad);
  }

  public Pool2dOptions countIncludePad(boolean counts) {
    return new Pool2dOptions(
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        ceil,
        counts);
  }
}
