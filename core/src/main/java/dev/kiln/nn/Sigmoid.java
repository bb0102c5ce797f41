package dev.kiln.nn;

import dev.kiln.Tensor;

/** {@code 1 / (1 + exp(-x))}, element by element; any shape. */
public final class Sigmoid extends Module {
  @Override
  public Tensor forward(Tensor x) {
    return x.sigmoid();
  }
}
