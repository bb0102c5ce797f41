package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.ops.Conv1dOptions;
import org.jspecify.annotations.Nullable;

/**
 * A 1-D convolution: {@code [n, in, length]} to {@code [n, out, length']}.
 *
 * <p>Parameters: {@code weight [out, in / groups, kernel]}, {@code bias [out]}, both uniform within
 * {@code 1 / sqrt(in / groups · kernel)}, as in PyTorch. Stride 1, no padding, no dilation and one
 * group unless told.
 */
public final class Conv1d extends Module {
  private final int in;
  private final int out;
  private final int kernel;
  private Conv1dOptions options = Conv1dOptions.DEFAULT;
  private boolean biased = true;
  private Parameter weight;
  private @Nullable Parameter bias;

  public Conv1d(int in, int out, int kernel) {
    if (in < 1 || out < 1 || kernel < 1) {
      throw new IllegalArgumentException(
          "Conv1d: channels and kernel are at least 1, not in "
              + in
              + ", out "
              + out
              + " and kernel "
              + kernel);
    }
    this.in = in;
    this.out = out;
    this.kernel = kernel;
    weight = declareWeight();
    bias = declareBias();
  }

  public Conv1d stride(int step) {
    options = options.stride(step);
    return this;
  }

  /** Zeros at both ends of the input. */
  public Conv1d padding(int each) {
    options = options.padding(each);
    return this;
  }

  /** How far apart the input positions lie that a kernel reads. */
  public Conv1d dilation(int apart) {
    options = options.dilation(apart);
    return this;
  }

  /** Channels are cut into so many groups that do not see each other. */
  public Conv1d groups(int count) {
    if (count < 1 || in % count != 0 || out % count != 0) {
      throw new IllegalArgumentException(
          "Conv1d: " + count + " groups do not divide in " + in + " and out " + out);
    }
    options = options.groups(count);
    return redeclare("groups");
  }

  /** Whether there is a bias: unless told, there is. */
  public Conv1d bias(boolean wanted) {
    biased = wanted;
    return redeclare("bias");
  }

  private Conv1d redeclare(String option) {
    withdraw(option, "weight", "bias");
    weight = declareWeight();
    bias = declareBias();
    return this;
  }

  private Parameter declareWeight() {
    return parameter(
        "weight", Init.kaimingUniform(Math.sqrt(5)), out, in / options.groups(), kernel);
  }

  private @Nullable Parameter declareBias() {
    double bound = 1 / Math.sqrt((double) in / options.groups() * kernel);
    return biased ? parameter("bias", Init.uniform(-bound, bound), out) : null;
  }

  @Override
  public Tensor forward(Tensor x) {
    return dev.kiln.ops.Conv1d.apply(
        x, weight.tensor(), bias == null ? null : bias.tensor(), options);
  }

  @Override
  protected String describe() {
    return "Conv1d(" + in + ", " + out + ", kernel " + kernel + (biased ? ")" : ", no bias)");
  }
}
