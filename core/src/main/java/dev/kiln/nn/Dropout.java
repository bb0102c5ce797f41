package dev.kiln.nn;

import dev.kiln.Tensor;

/**
 * Random zeros against overfitting (Srivastava et al. 2014); any shape. In training what stays is
 * multiplied by {@code 1 / (1 - p)}; in evaluation everything passes as it is. Masks come from the
 * generator that the net was moved to its device with.
 */
public final class Dropout extends Module {
  private final float p;

  /**
   * @param p the chance of a zero, 0 to 1, for each element
   */
  public Dropout(double p) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("Dropout: the probability is from 0 to 1, not " + p);
    }
    this.p = (float) p;
  }

  @Override
  public Tensor forward(Tensor x) {
    if (!isTraining() || p == 0) {
      return x;
    }
    return dev.kiln.ops.Dropout.apply(x, p, generator());
  }

  @Override
  protected String describe() {
    return "Dropout(" + p + ")";
  }
}
