package dev.kiln.nn;

import dev.kiln.Tensor;

/**
 * Whole channels are dropped (Tompson et al. 2015): {@code [n, c, h, w]}. In training what stays is
 * multiplied by {@code 1 / (1 - p)}; in evaluation everything passes as it is. Masks come from the
 * generator that the net was moved to its device with.
 */
public final class Dropout2d extends Module {
  private final float p;

  /**
   * @param p the chance of a zero, 0 to 1, for each channel of each image
   */
  public Dropout2d(double p) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("Dropout2d: the probability is from 0 to 1, not " + p);
    }
    this.p = (float) p;
  }

  @Override
  public Tensor forward(Tensor x) {
    if (!isTraining() || p == 0) {
      return x;
    }
    return dev.kiln.ops.Dropout.channels(x, p, generator());
  }

  @Override
  protected String describe() {
    return "Dropout2d(" + p + ")";
  }
}
