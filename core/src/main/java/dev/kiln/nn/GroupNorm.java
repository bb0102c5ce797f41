package dev.kiln.nn;

import dev.kiln.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Group normalization (Wu and He 2018) of {@code [n, c, ...]}: the channels of a sample are cut
 * into groups, each of which is brought to mean 0 and variance 1, in training as in evaluation.
 *
 * <p>Parameters: {@code weight [c]}, at first 1, and {@code bias [c]}, at first 0.
 */
public final class GroupNorm extends Module {
  private final int groups;
  private final int channels;
  private float eps = 1e-5f;
  private @Nullable Parameter weight;
  private @Nullable Parameter bias;

  /**
   * @param groups a divisor of {@code channels}
   */
  public GroupNorm(int groups, int channels) {
    if (groups < 1 || channels < 1 || channels % groups != 0) {
      throw new IllegalArgumentException(
          "GroupNorm: " + groups + " groups do not divide " + channels + " channels");
    }
    this.groups = groups;
    this.channels = channels;
    affine(true);
  }

  /** What is added to the variance; 1e-5 unless told. */
  public GroupNorm eps(double eps) {
    if (!(eps >= 0)) {
      throw new IllegalArgumentException("GroupNorm: eps is 0 or more, not " + eps);
    }
    this.eps = (float) eps;
    return this;
  }

  /** Whether there are a weight and a bias: unless told, there are. */
  public GroupNorm affine(boolean wanted) {
    withdraw("affine", "weight", "bias");
    weight = wanted ? parameter("weight", Init.ones(), channels) : null;
    bias = wanted ? parameter("bias", Init.zeros(), channels) : null;
    return this;
  }

  @Override
  public Tensor forward(Tensor x) {
    return dev.kiln.ops.GroupNorm.apply(
        x,
        groups,
        weight == null ? null : weight.tensor(),
        bias == null ? null : bias.tensor(),
        eps);
  }

  @Override
  protected String describe() {
    return "GroupNorm(" + groups + ", " + channels + (weight == null ? ", no weights)" : ")");
  }
}
