package dev.kiln.nn;

import dev.kiln.Tensor;

/** All dimensions but the first become one: {@code [n, c, h, w]} to {@code [n, c · h · w]}. */
public final class Flatten extends Module {
  @Override
  public Tensor forward(Tensor x) {
    return x.flatten(1);
  }
}
