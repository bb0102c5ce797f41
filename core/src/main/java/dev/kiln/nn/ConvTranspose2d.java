package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.ops.Conv2dOptions;
import org.jspecify.annotations.Nullable;

/**
 * A transposed 2-D convolution: {@code [n, in, h, w]} to {@code [n, out, oh, ow]}, usually larger.
 *
 * <p>Parameters: {@code weight [in, out / groups, kh, kw]}, {@code bias [out]}, both uniform within
 * {@code 1 / sqrt(out / groups · kh · kw)}, as in PyTorch. Stride 1, no padding, no output padding,
 * no dilation and one group unless told.
 */
public final class ConvTranspose2d extends Module {
  private final int in;
  private final int out;
  private final int kernelHeight;
  private final int kernelWidth;
  private Conv2dOptions options = Conv2dOptions.DEFAULT;
  private int[] outputPadding = {0, 0};
  private boolean biased = true;
  private Parameter weight;
  private @Nullable Parameter bias;

  /** With a square kernel. */
  public ConvTranspose2d(int in, int out, int kernel) {
    this(in, out, kernel, kernel);
  }

  public ConvTranspose2d(int in, int out, int kernelHeight, int kernelWidth) {
    if (in < 1 || out < 1 || kernelHeight < 1 || kernelWidth < 1) {
      throw new IllegalArgumentException(
          "ConvTranspose2d: channels and kernel are at least 1, not in "
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

  /** How far apart neighbouring input pixels lie in the output. */
  public ConvTranspose2d stride(int both) {
    return stride(both, both);
  }

  public ConvTranspose2d stride(int height, int width) {
    options = options.stride(height, width);
    return this;
  }

  /** What is cut off on every side of the output. */
  public ConvTranspose2d padding(int both) {
    return padding(both, both);
  }

  public ConvTranspose2d padding(int height, int width) {
    options = options.padding(height, width);
    return this;
  }

  /** What the output has more at the bottom and the right; less than stride or dilation. */
  public ConvTranspose2d outputPadding(int both) {
    return outputPadding(both, both);
  }

  public ConvTranspose2d outputPadding(int height, int width) {
    outputPadding = new int[] {height, width};
    return this;
  }

  /** How far apart the output pixels lie that a kernel writes. */
  public ConvTranspose2d dilation(int both) {
    return dilation(both, both);
  }

  public ConvTranspose2d dilation(int height, int width) {
    options = options.dilation(height, width);
    return this;
  }

  /** Channels are cut into so many groups that do not see each other. */
  public ConvTranspose2d groups(int count) {
    if (count < 1 || in % count != 0 || out % count != 0) {
      throw new IllegalArgumentException(
          "ConvTranspose2d: " + count + " groups do not divide in " + in + " and out " + out);
    }
    options = options.groups(count);
    return redeclare("groups");
  }

  /** Whether there is a bias: unless told, there is. */
  public ConvTranspose2d bias(boolean wanted) {
    biased = wanted;
    return redeclare("bias");
  }

  private ConvTranspose2d redeclare(String option) {
    withdraw(option, "weight", "bias");
    weight = declareWeight();
    bias = declareBias();
    return this;
  }

  private Parameter declareWeight() {
    return parameter(
        "weight",
        Init.kaimingUniform(Math.sqrt(5)),
        in,
        out / options.groups(),
        kernelHeight,
        kernelWidth);
  }

  private @Nullable Parameter declareBias() {
    double bound = 1 / Math.sqrt((double) out / options.groups() * kernelHeight * kernelWidth);
    return biased ? parameter("bias", Init.uniform(-bound, bound), out) : null;
  }

  @Override
  public Tensor forward(Tensor x) {
    return dev.kiln.ops.ConvTranspose2d.apply(
        x, weight.tensor(), bias == null ? null : bias.tensor(), options, outputPadding);
  }

  @Override
  protected String describe() {
    return "ConvTranspose2d("
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
