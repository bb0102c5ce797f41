package dev.kiln.backend;

/**
 * A recurrence: what a step makes of {@code x_t}, the input product with its bias, and {@code
 * h_{t-1}}. {@code U} and {@code u} are the recurrent weights and their bias, {@code σ} the
 * sigmoid, {@code ∘} the product of elements.
 */
public enum Cell {
  /** {@code h = tanh(x + U h' + u)} (Elman 1990). */
  RNN_TANH(1),

  /** {@code h = max(x + U h' + u, 0)}. */
  RNN_RELU(1),

  /**
   * Gates i, f, g, o: {@code c = σ(f) ∘ c' + σ(i) ∘ tanh(g)}, {@code h = σ(o) ∘ tanh(c)}
   * (Hochreiter and Schmidhuber 1997; Gers et al. 2000).
   */
  LSTM(4),

  /**
   * Gates r, z, n, with the reset after the product, as in cuDNN and PyTorch: {@code n = tanh(x_n +
   * σ(r) ∘ (U_n h' + u_n))}, {@code h = (1 - σ(z)) ∘ n + σ(z) ∘ h'}.
   */
  GRU(3),

  /**
   * The same with the reset before the product (Cho et al. 2014, equations 5 to 8): {@code n =
   * tanh(x_n + U_n (σ(r) ∘ h') + u_n)}.
   */
  GRU_RESET_FIRST(3);

  private final int gates;

  Cell(int gates) {
    this.gates = gates;
  }

  /** Rows of the weights for each hidden unit. */
  public int gates() {
    return gates;
  }

  /** Whether a step hands on a cell state beside the hidden one. */
  public boolean hasCellState() {
    return this == LSTM;
  }

  /** Whether it keeps a {@link RecurrentKept#product} for its backward pass. */
  public boolean keepsProduct() {
    return this == GRU || this == GRU_RESET_FIRST;
  }
}
