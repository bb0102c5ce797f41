package dev.kiln.nn;

import dev.kiln.Tensor;

/** Channels laid out as pixels: {@code [n, c · r · r, h, w]} to {@code [n, c, h · r, w · r]}. */
public final class PixelShuffle extends Module {
  private final int factor;

  /**
   * @param factor r
   */
  public PixelShuffle(int factor) {
    if (factor < 1) {
      throw new IllegalArgumentException("PixelShuffle: the factor is at least 1, not " + factor);
    }
    this.factor = factor;
  }

  @Override
  public Tensor forward(Tensor x) {
    return dev.kiln.ops.PixelShuffle.apply(x, factor);
  }

  @Override
  protected String describe() {
    return "PixelShuffle(" + factor + ")";
  }
}
