package dev.kiln.nn;

import dev.kiln.Tensor;

/** {@code x}, and {@code slope · x} below 0, element by element; any shape. */
public final class LeakyReLU extends Module {
  private final float slope;

  /** A slope of 0.01, PyTorch's. */
  public LeakyReLU() {
    this(0.01f);
  }

  public LeakyReLU(float slope) {
    this.slope = slope;
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.leakyRelu(slope);
  }

  @Override
  protected String describe() {
    return "LeakyReLU(" + slope + ")";
  }
}
