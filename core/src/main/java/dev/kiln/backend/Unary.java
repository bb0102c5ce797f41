package dev.kiln.backend;

/** Functions of one element. NaN stays NaN. */
public enum Unary {
  /** {@code max(x, 0)}; the gradient at 0 is 0. */
  RELU(true),
  /** {@code 1 / (1 + exp(-x))}. */
  SIGMOID(true),
  /** {@code tanh(x)}. */
  TANH(true);

  private final boolean keepsOutput;

  Unary(boolean keepsOutput) {
    this.keepsOutput = keepsOutput;
  }

  /** Whether the gradient is computed from the output; else from the input. */
  public boolean keepsOutput() {
    return keepsOutput;
  }
}
