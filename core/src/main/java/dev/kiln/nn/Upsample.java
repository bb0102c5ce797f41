package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.ops.Upsample.Mode;

/**
 * Images made larger: {@code [n, c, h, w]} to a size, or by a factor. By the nearest pixel unless
 * told.
 */
public final class Upsample extends Module {
  private final double factor;
  private final int height;
  private final int width;
  private Mode mode = Mode.NEAREST;

  /** By a factor. */
  public Upsample(double factor) {
    this(factor, 0, 0);
    if (!(factor > 0)) {
      throw new IllegalArgumentException("Upsample: the factor is more than 0, not " + factor);
    }
  }

  private Upsample(double factor, int height, int width) {
    this.factor = factor;
    this.height = height;
    this.width = width;
  }

  /** To a size. */
  public static Upsample toSize(int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "Upsample: the output is at least 1 x 1, not " + height + " x " + width);
    }
    return new Upsample(0, height, width);
  }

  public Upsample mode(Mode wanted) {
    mode = wanted;
    return this;
  }

  @Override
  public Tensor forward(Tensor x) {
    return factor > 0
        ? dev.kiln.ops.Upsample.byFactor(x, factor, mode)
        : dev.kiln.ops.Upsample.toSize(x, height, width, mode);
  }

  @Override
  protected String describe() {
    return "Upsample("
        + (factor > 0 ? "factor " + factor : height + "x" + width)
        + ", "
        + mode
        + ")";
  }
}
