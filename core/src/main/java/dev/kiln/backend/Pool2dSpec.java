package dev.kiln.backend;

/**
 * The extents of a 2-D pooling.
 *
 * @param planes batch size times channels
 * @param countIncludePad only for averages: whether padding counts in the divisor
 */
public record Pool2dSpec(
    int planes,
    int inHeight,
    int inWidth,
    int outHeight,
    int outWidth,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int paddingHeight,
    int paddingWidth,
    boolean countIncludePad) {

  public int inPixels() {
    return inHeight * inWidth;
  }

  public int outPixels() {
    return outHeight * outWidth;
  }
}
