package dev.kiln.nn;

import dev.kiln.Tensor;

/** {@code min(max(x, 0), 6)}, element by element; any shape. */
public final class ReLU6 extends Module {
  @Override
  public Tensor forward(Tensor x) {
    return x.relu6();
  }
}
