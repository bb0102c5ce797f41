package dev.kiln.nn;

import dev.kiln.Tensor;

/** {@code x}, and {@code alpha (exp(x) - 1)} below 0, element by element; any shape. */
public final class ELU extends Module {
  private final float alpha;

  /** {@code alpha} 1. */
  public ELU() {
    this(1);
  }

  public ELU(float alpha) {
    this.alpha = alpha;
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.elu(alpha);
  }

  @Override
  protected String describe() {
    return "ELU(" + alpha + ")";
  }
}
