package dev.kiln.nn;

import dev.kiln.Tensor;

/** {@code x · sigmoid(x)}, also called swish, element by element; any shape. */
public final class SiLU extends Module {
  @Override
  public Tensor forward(Tensor x) {
    return x.silu();
  }
}
