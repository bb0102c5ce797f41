package dev.kiln.ops;

import dev.kiln.ShapeException;
import dev.kiln.Tensor;

/** Channels laid out as pixels, and back (Shi et al. 2016): upsampling that a net can learn. */
public final class PixelShuffle {
  private PixelShuffle() {}

  /**
   * {@code [n, c · r · r, h, w]} to {@code [n, c, h · r, w · r]}: channel {@code (c, i, j)} is
   * pixel {@code (i, j)} of each block.
   *
   * @param factor r
   * @throws ShapeException if the channels do not divide
   */
  public static Tensor apply(Tensor x, int factor) {
    checkRank("pixel_shuffle", x, factor);
    int block = factor * factor;
    if (x.dim(1) % block != 0) {
      throw new ShapeException(
          "pixel_shuffle: "
              + x.dim(1)
              + " channels do not divide into blocks of "
              + factor
              + " x "
              + factor
              + " (input "
              + x.shape()
              + ")");
    }
    int channels = x.dim(1) / block;
    return x.reshape(x.dim(0), channels, factor, factor, x.dim(2), x.dim(3))
        .permute(0, 1, 4, 2, 5, 3)
        .reshape(x.dim(0), channels, x.dim(2) * factor, x.dim(3) * factor);
  }

  /**
   * {@code [n, c, h · r, w · r]} to {@code [n, c · r · r, h, w]}.
   *
   * @param factor r
   * @throws ShapeException if the pixels do not divide
   */
  public static Tensor reverse(Tensor x, int factor) {
    checkRank("pixel_unshuffle", x, factor);
    if (x.dim(2) % factor != 0 || x.dim(3) % factor != 0) {
      throw new ShapeException(
          "pixel_unshuffle: the input "
              + x.shape()
              + " does not divide into blocks of "
              + factor
              + " x "
              + factor);
    }
    int height = x.dim(2) / factor;
    int width = x.dim(3) / factor;
    return x.reshape(x.dim(0), x.dim(1), height, factor, width, factor)
        .permute(0, 1, 3, 5, 2, 4)
        .reshape(x.dim(0), x.dim(1) * factor * factor, height, width);
  }

  private static void checkRank(String op, Tensor x, int factor) {
    if (x.shape().rank() != 4 || factor < 1) {
      throw new ShapeException(
          op
              + ": the input "
              + x.shape()
              + " should be [n, c, h, w] and the factor at least 1, not "
              + factor);
    }
  }
}
