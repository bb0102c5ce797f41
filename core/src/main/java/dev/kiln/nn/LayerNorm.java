package dev.kiln.nn;

import dev.kiln.Shape;
import dev.kiln.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalization over the last dimensions (Ba, Kiros and Hinton 2016): {@code y = (x - mean) /
 * sqrt(variance + eps) · weight + bias}; any shape that ends in the normalized one, which stays.
 *
 * <p>Parameters: {@code weight}, at first 1, and {@code bias}, at first 0, both of the normalized
 * shape.
 */
public final class LayerNorm extends Module {
  private final Shape normalized;
  private float eps = 1e-5f;
  private @Nullable Parameter weight;
  private @Nullable Parameter bias;

  /**
   * @param normalized the extents that are normalized together: the last of the input
   */
  public LayerNorm(int... normalized) {
    if (normalized.length == 0) {
      throw new IllegalArgumentException("LayerNorm: name at least one extent to normalize");
    }
    this.normalized = Shape.of(normalized);
    affine(true);
  }

  /** What is added to the variance; 1e-5 unless told. */
  public LayerNorm eps(double eps) {
    if (!(eps >= 0)) {
      throw new IllegalArgumentException("LayerNorm: eps is 0 or more, not " + eps);
    }
    this.eps = (float) eps;
    return this;
  }

  /** Whether there are a weight and a bias: unless told, there are. */
  public LayerNorm affine(boolean wanted) {
    withdraw("affine", "weight", "bias");
    weight = wanted ? parameter("weight", Init.ones(), normalized.toArray()) : null;
    bias = wanted ? parameter("bias", Init.zeros(), normalized.toArray()) : null;
    return this;
  }

  @Override
  public Tensor forward(Tensor x) {
    return dev.kiln.ops.LayerNorm.apply(
        x,
        normalized,
        weight == null ? null : weight.tensor(),
        bias == null ? null : bias.tensor(),
        eps);
  }

  @Override
  protected String describe() {
    return "LayerNorm(" + normalized + (weight == null ? ", no weights)" : ")");
  }
}
