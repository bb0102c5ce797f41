package dev.kiln.nn;

import dev.kiln.Tensor;

/**
 * {@code log(1 + exp(beta x)) / beta}, element by element; any shape. Where {@code beta x} passes
 * the threshold it is x.
 */
public final class Softplus extends Module {
  private final float beta;
  private final float threshold;

  /** {@code beta} 1 and a threshold of 20, PyTorch's. */
  public Softplus() {
    this(1, 20);
  }

  /**
   * @param beta above 0
   */
  public Softplus(float beta, float threshold) {
    if (!(beta > 0)) {
      throw new IllegalArgumentException("Softplus: beta is above 0, not " + beta);
    }
    this.beta = beta;
    this.threshold = threshold;
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.softplus(beta, threshold);
  }

  @Override
  protected String describe() {
    return "Softplus(beta " + beta + ", threshold " + threshold + ")";
  }
}
