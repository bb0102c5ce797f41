package dev.kiln.nn;

import dev.kiln.Tensor;

/** {@code min(max(x / 6 + 1/2, 0), 1)}, element by element; any shape. */
public final class Hardsigmoid extends Module {
  @Override
  public Tensor forward(Tensor x) {
    return x.hardSigmoid();
  }
}
