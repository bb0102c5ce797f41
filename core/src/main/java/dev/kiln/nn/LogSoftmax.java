package dev.kiln.nn;

import dev.kiln.Tensor;

/** {@code x - log Σ exp(x)} along one dimension; any shape that has it. */
public final class LogSoftmax extends Module {
  private final int dim;

  /**
   * @param dim negative counts from the end
   */
  public LogSoftmax(int dim) {
    this.dim = dim;
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.logSoftmax(dim);
  }

  @Override
  protected String describe() {
    return "LogSoftmax(dim " + dim + ")";
  }
}
