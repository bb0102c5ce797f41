package dev.kiln.nn;

import dev.kiln.Tensor;

/** {@code min(max(x, -1), 1)}, element by element; any shape. */
public final class Hardtanh extends Module {
  @Override
  public Tensor forward(Tensor x) {
    return x.hardTanh();
  }
}
