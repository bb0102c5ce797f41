package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.ops.AdaptivePool2d;

/** The largest element of each plane: {@code [n, c, h, w]} to {@code [n, c, 1, 1]}. */
public final class GlobalMaxPool2d extends Module {
  @Override
  public Tensor forward(Tensor x) {
    return AdaptivePool2d.globalMax(x);
  }

  @Override
  protected String describe() {
    return "GlobalMaxPool2d()";
  }
}
