package dev.kiln.nn;

import dev.kiln.Tensor;

/** The hyperbolic tangent, element by element; any shape. */
public final class Tanh extends Module {
  @Override
  public Tensor forward(Tensor x) {
    return x.tanh();
  }
}
