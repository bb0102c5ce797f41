package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.backend.Unary;
import dev.kiln.ops.Conv2dOptions;
import org.jspecify.annotations.Nullable;

/**
 * A 2-D convolution: {@code [n, in, h, w]} to {@code [n, out, oh, ow]}.
 *
 * <p>Parameters: {@code weight [out, in / groups, kh, kw]}, {@code bias [out]}, both uniform within
 * {@code 1 / sqrt(in / groups · kh · kw)}, as in PyTorch. Stride 1, no padding, no dilation and one
 * group unless told.
 */
public final class Conv2d extends Module {
  private final int in;
  private final int out;
  private final int kernelHeight;
  private final int kernelWidth;
  private Conv2dOptions options = Conv2dOptions.DEFAULT;
  private boolean biased = true;
  private Parameter weight;
  private @Nullable Parameter bias;

  /** With a square kernel. */
  public Conv2d(int in, int out, int kernel) {
    this(in, out, kernel, kernel);
  }

  public Conv2d(int in, int out, int kernelHeight, int kernelWidth) {
    if (in < 1 || out < 1 || kernelHeight < 1 || kernelWidth < 1) {
      throw new IllegalArgumentException(
          "Conv2d: channels and kernel are at least 1, not in "
              + in
              + ", out "
              + out
              + " and kernel ("
              + kernelHeight
              + ", "
              + kernelWidth
              + ")");
    }
    this.in = in;
    this.out = out;
    this.kernelHeight = kernelHeight;
    this.kernelWidth = kernelWidth;
    weight = declareWeight();
    bias = declareBias();
  }

  public Conv2d stride(int both) {
    return stride(both, both);
  }

  public Conv2d stride(int height, int width) {
    options = options.stride(height, width);
    return this;
  }

  /** Zeros on every side of the input. */
  public Conv2d padding(int both) {
    return padding(both, both);
  }

  public Conv2d padding(int height, int width) {
    options = options.padding(height, width);
    return this;
  }

  /** How far apart the input pixels lie that a kernel reads. */
  public Conv2d dilation(int both) {
    return dilation(both, both);
  }

  public Conv2d dilation(int height, int width) {
    options = options.dilation(height, width);
    return this;
  }

  /**
   * Channels are cut into so many groups that do not see each other; {@code in} groups make it
   * depthwise.
   */
  public Conv2d groups(int count) {
    if (count < 1 || in % count != 0 || out % count != 0) {
      throw new IllegalArgumentException(
          "Conv2d: " + count + " groups do not divide in " + in + " and out " + out);
    }
    options = options.groups(count);
    return redeclare("groups");
  }

  /** Whether there is a bias: unless told, there is. */
  public Conv2d bias(boolean wanted) {
    biased = wanted;
    return redeclare("bias");
  }

  private Conv2d redeclare(String option) {
    withdraw(option, "weight", "bias");
    weight = declareWeight();
    bias = declareBias();
    return this;
  }

  private Parameter declareWeight() {
    return parameter(
        "weight",
        Init.kaimingUniform(Math.sqrt(5)),
        out,
        in / options.groups(),
        kernelHeight,
        kernelWidth);
  }

  private @Nullable Parameter declareBias() {
    double bound = 1 / Math.sqrt((double) in / options.groups() * kernelHeight * kernelWidth);
    return biased ? parameter("bias", Init.uniform(-bound, bound), out) : null;
  }

  @Override
  public Tensor forward(Tensor x) {
    return forward(x, null, null);
  }

  /**
   * {@code f(x ∗ w + b)}: the same bits as the function after the layer, in fewer passes over
   * memory where it is {@link Unary#RELU} or, without a gradient, {@link Unary#GELU}.
   */
  public Tensor forward(Tensor x, Unary f) {
    return forward(x, null, f);
  }

  /**
   * {@code f(x ∗ w + b + residual)}, likewise.
   *
   * @param residual {@code [n, out, oh, ow]}; null for none
   * @param f null for none
   */
  public Tensor forward(Tensor x, @Nullable Tensor residual, @Nullable Unary f) {
    Tensor w = weight.tensor();
    Tensor b = bias == null ? null : bias.tensor();
    return dev.kiln.ops.Conv2d.apply(x, w, b, options, residual, f);
  }

  @Override
  protected String describe() {
    return "Conv2d("
        + in
        + ", "
        + out
        + ", kernel "
        + kernelHeight
        + "x"
        + kernelWidth
        + (biased ? ")" : ", no bias)");
  }
}
