package dev.kiln.ops;

import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.backend.Resample;
import dev.kiln.backend.ResampleSpec;

/**
 * Images made larger, or smaller, by looking between their pixels: PyTorch's {@code interpolate}.
 */
public final class Upsample {
  private Upsample() {}

  /** How an output pixel is found. */
  public enum Mode {
    /** The input pixel that it lies in. */
    NEAREST,
    /**
     * Between the four around it; pixels are squares, and the image's edges stay where they are.
     */
    BILINEAR,
    /** Between the four around it; pixels are points, and the corners stay where they are. */
    BILINEAR_ALIGN_CORNERS
  }

  /**
   * To a size.
   *
   * @param x {@code [n, c, h, w]}
   * @return {@code [n, c, height, width]}
   * @throws ShapeException if either image would be empty
   */
  public static Tensor toSize(Tensor x, int height, int width, Mode mode) {
    check(x);
    if (height < 1 || width < 1) {
      throw new ShapeException(
          "upsample: the output is at least 1 x 1, not " + height + " x " + width);
    }
    return apply(x, height, width, (float) x.dim(2) / height, (float) x.dim(3) / width, mode);
  }

  /**
   * By a factor: {@code height = floor(h · factor)}, and steps of {@code 1 / factor} even where
   * that was rounded, as in PyTorch.
   *
   * @param factor more than 0
   * @return {@code [n, c, floor(h · factor), floor(w · factor)]}
   * @throws ShapeException if either image would be empty
   */
  public static Tensor byFactor(Tensor x, double factor, Mode mode) {
    check(x);
    double height = Math.floor(x.dim(2) * factor);
    double width = Math.floor(x.dim(3) * factor);
    if (!(height >= 1 && width >= 1)) {
      throw new ShapeException(
          "upsample: by " + factor + " nothing is left of the input " + x.shape());
    }
    float step = (float) (1 / factor);
    return apply(x, (int) height, (int) width, step, step, mode);
  }

  private static Tensor apply(
      Tensor x, int height, int width, float stepHeight, float stepWidth, Mode mode) {
    boolean corners = mode == Mode.BILINEAR_ALIGN_CORNERS;
    ResampleSpec spec =
        new ResampleSpec(
            switch (mode) {
              case NEAREST -> Resample.NEAREST;
              case BILINEAR -> Resample.LINEAR;
              case BILINEAR_ALIGN_CORNERS -> Resample.LINEAR_CORNERS;
            },
            x.dim(0) * x.dim(1),
            x.dim(2),
            x.dim(3),
            height,
            width,
            corners ? betweenCorners(x.dim(2), height) : stepHeight,
            corners ? betweenCorners(x.dim(3), width) : stepWidth);
    return Resampled.apply(spec, x);
  }

  private static float betweenCorners(int in, int out) {
    return out > 1 ? (float) (in - 1) / (out - 1) : 0;
  }

  private static void check(Tensor x) {
    Operands.check("upsample", x);
    if (x.shape().rank() != 4 || x.dim(2) < 1 || x.dim(3) < 1) {
      throw new ShapeException(
          "upsample: the input " + x.shape() + " should be [n, c, h, w] with at least one pixel");
    }
  }
}
