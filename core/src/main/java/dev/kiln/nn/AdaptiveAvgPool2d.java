package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.ops.AdaptivePool2d;

/**
 * Averages to a given size, whatever the input's: {@code [n, c, h, w]} to {@code [n, c, height,
 * width]}. To 1 it is global average pooling.
 */
public final class AdaptiveAvgPool2d extends Module {
  private final int height;
  private final int width;

  /** To a square. */
  public AdaptiveAvgPool2d(int both) {
    this(both, both);
  }

  public AdaptiveAvgPool2d(int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "AdaptiveAvgPool2d: the output is at least 1 x 1, not " + height + " x " + width);
    }
    this.height = height;
    this.width = width;
  }

  @Override
  public Tensor forward(Tensor x) {
    return AdaptivePool2d.average(x, height, width);
  }

  @Override
  protected String describe() {
    return "AdaptiveAvgPool2d(" + height + "x" + width + ")";
  }
}
