package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.backend.Resample;
import dev.kiln.backend.ResampleSpec;

/** Pooling to a given size, whatever the size of the input. */
public final class AdaptivePool2d {
  private AdaptivePool2d() {}

  /**
   * Averages: output row {@code o} of {@code out} is the mean of the input rows from {@code floor(o
   * · in / out)} up to, but without, {@code ceil((o + 1) in / out)}; columns likewise.
   *
   * @param x {@code [n, c, h, w]}
   * @param height of the result, at least 1
   * @param width of the result, at least 1
   * @throws ShapeException if the input is no image or empty
   */
  public static Tensor average(Tensor x, int height, int width) {
    check("adaptive_avg_pool2d", x, height, width);
    if (height == 1 && width == 1) {
      return Reduce.mean(x, true, 2, 3);
    }
    ResampleSpec spec =
        new ResampleSpec(
            Resample.AVERAGE, x.dim(0) * x.dim(1), x.dim(2), x.dim(3), height, width, 0, 0);
    return Resampled.apply(spec, x);
  }

  /** The mean of each plane: {@code [n, c, h, w]} to {@code [n, c, 1, 1]}. */
  public static Tensor globalAverage(Tensor x) {
    return average(x, 1, 1);
  }

  /** The largest element of each plane: {@code [n, c, h, w]} to {@code [n, c, 1, 1]}. */
  public static Tensor globalMax(Tensor x) {
    check("global_max_pool2d", x, 1, 1);
    Tensor rows = Reshape.apply(x, Shape.of(x.dim(0), x.dim(1), x.dim(2) * x.dim(3)));
    return Reshape.apply(Reduce.max(rows, 2, false).values(), Shape.of(x.dim(0), x.dim(1), 1, 1));
  }

  private static void check(String op, Tensor x, int height, int width) {
    Operands.check(op, x);
    if (x.shape().rank() != 4 || x.dim(2) < 1 || x.dim(3) < 1) {
      throw new ShapeException(
          op + ": the input " + x.shape() + " should be [n, c, h, w] with at least one pixel");
    }
    if (height < 1 || width < 1) {
      throw new ShapeException(
          op + ": the output is at least 1 x 1, not " + height + " x " + width);
    }
  }
}
