package dev.kiln.nn;

import dev.kiln.Tensor;

/** {@code exp(x) / Σ exp(x)} along one dimension; any shape that has it. */
public final class Softmax extends Module {
  private final int dim;

  /**
   * @param dim negative counts from the end
   */
  public Softmax(int dim) {
    this.dim = dim;
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.softmax(dim);
  }

  @Override
  protected String describe() {
    return "Softmax(dim " + dim + ")";
  }
}
