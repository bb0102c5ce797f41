package dev.kiln.ops;

/**
 * How a 2-D convolution moves over its input; {@link #DEFAULT} and the methods after it build one.
 * Methods with one argument take it for height and width.
 */
public record Conv2dOptions(
    int strideHeight,
    int strideWidth,
    int paddingHeight,
    int paddingWidth,
    int dilationHeight,
    int dilationWidth,
    int groups) {
  /** Stride 1, no padding, no dilation, one group. */
  public static final Conv2dOptions DEFAULT = new Conv2dOptions(1, 1, 0, 0, 1, 1, 1);

  /**
   * @throws IllegalArgumentException for what no convolution can have
   */
  public Conv2dOptions {
    if (strideHeight < 1 || strideWidth < 1 || dilationHeight < 1 || dilationWidth < 1) {
      throw new IllegalArgumentException(
          "conv2d: stride and dilation are at least 1, not stride ("
              + strideHeight
              + ", "
              + strideWidth
              + ") and dilation ("
              + dilationHeight
              + ", "
              + dilationWidth
              + ")");
    }
    if (paddingHeight < 0 || paddingWidth < 0 || groups < 1) {
      throw new IllegalArgumentException(
          "conv2d: padding is at least 0 and groups at least 1, not padding ("
              + paddingHeight
              + ", "
              + paddingWidth
              + ") and groups "
              + groups);
    }
  }

  public Conv2dOptions stride(int both) {
    return stride(both, both);
  }

  public Conv2dOptions stride(int height, int width) {
    return new Conv2dOptions(
        height, width, paddingHeight, paddingWidth, dilationHeight, dilationWidth, groups);
  }

  /** Zeros on every side of the input. */
  public Conv2dOptions padding(int both) {
    return padding(both, both);
  }

  public Conv2dOptions padding(int height, int width) {
    return new Conv2dOptions(
        strideHeight, strideWidth, height, width, dilationHeight, dilationWidth, groups);
  }

  /** How far apart the input pixels lie that a kernel reads. */
  public Conv2dOptions dilation(int both) {
    return dilation(both, both);
  }

  public Conv2dOptions dilation(int height, int width) {
    return new Conv2dOptions(
        strideHeight, strideWidth, paddingHeight, paddingWidth, height, width, groups);
  }

  /** Channels are cut into so many groups that do not see each other. */
  public Conv2dOptions groups(int count) {
    return new Conv2dOptions(
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        dilationHeight,
        dilationWidth,
        count);
  }
}
