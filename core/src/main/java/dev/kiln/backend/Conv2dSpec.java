package dev.kiln.backend;

/**
 * The extents of a 2-D convolution. Output pixel {@code (oh, ow)} reads input pixel {@code (oh ·
 * strideHeight - paddingHeight + i · dilationHeight, …)} for kernel position {@code (i, j)};
 * outside the input there are zeros.
 */
public record Conv2dSpec(
    int n,
    int inChannels,
    int inHeight,
    int inWidth,
    int outChannels,
    int outHeight,
    int outWidth,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int paddingHeight,
    int paddingWidth,
    int dilationHeight,
    int dilationWidth,
    int groups) {

  /** Input channels that one output channel sees. */
  public int groupIn() {
    return inChannels / groups;
  }

  /** Output channels of one group. */
  public int groupOut() {
    return outChannels / groups;
  }

  /** Products summed into one output: the k of the implicit gemm. */
  public int patch() {
    return groupIn() * kernelHeight * kernelWidth;
  }

  public int inPixels() {
    return inHeight * inWidth;
  }

  public int outPixels() {
    return outHeight * outWidth;
  }

  /** Floating-point operations of the forward pass, padding counted as if it were data. */
  public double flops() {
    return 2.0 * n * outChannels * outPixels() * patch();
  }
}
