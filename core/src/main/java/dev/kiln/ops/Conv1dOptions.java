package dev.kiln.ops;

/** How a 1-D convolution moves over its input; {@link #DEFAULT} and the methods after build one. */
public record Conv1dOptions(int stride, int padding, int dilation, int groups) {
  /** Stride 1, no padding, no dilation, one group. */
  public static final Conv1dOptions DEFAULT = new Conv1dOptions(1, 0, 1, 1);

  /**
   * @throws IllegalArgumentException for what no convolution can have
   */
  public Conv1dOptions {
    if (stride < 1 || dilation < 1 || padding < 0 || groups < 1) {
      throw new IllegalArgumentException(
          "conv1d: stride, dilation and groups are at least 1 and padding at least 0, not stride "
              + stride
              + ", padding "
              + padding
              + ", dilation "
              + dilation
              + " and groups "
              + groups);
    }
  }

  public Conv1dOptions stride(int step) {
    return new Conv1dOptions(step, padding, dilation, groups);
  }

  /** Zeros at both ends of the input. */
  public Conv1dOptions padding(int each) {
    return new Conv1dOptions(stride, each, dilation, groups);
  }

  /** How far apart the input positions lie that a kernel reads. */
  public Conv1dOptions dilation(int apart) {
    return new Conv1dOptions(stride, padding, apart, groups);
  }

  /** Channels are cut into so many groups that do not see each other. */
  public Conv1dOptions groups(int count) {
    return new Conv1dOptions(stride, padding, dilation, count);
  }

  /** The same over images one row high. */
  Conv2dOptions flat() {
    return Conv2dOptions.DEFAULT
        .stride(1, stride)
        .padding(0, padding)
        .dilation(1, dilation)
        .groups(groups);
  }
}
