package dev.kiln.nn;

import dev.kiln.Tensor;

/** {@code max(x, 0)}, element by element; any shape. */
public final class ReLU extends Module {
  @Override
  public Tensor forward(Tensor x) {
    return x.relu();
  }
}
