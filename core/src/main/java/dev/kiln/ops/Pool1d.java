package dev.kiln.ops;

import dev.kiln.ShapeException;
import dev.kiln.Tensor;

/** The largest element, or the mean, of windows that move over signals: images one row high. */
public final class Pool1d {
  private Pool1d() {}

  /**
   * Max-pooling. Padding never wins; among equal elements the first gets the gradient.
   *
   * @param x {@code [n, c, length]}
   * @return {@code [n, c, (length + 2 padding - kernel) / stride + 1]}
   * @throws ShapeException if {@code x} is no batch of signals or the window does not fit
   */
  public static Tensor max(Tensor x, Pool1dOptions options) {
    check("max_pool1d", x, options);
    return Pool2d.max(x.unsqueeze(2), options.flat()).squeeze(2);
  }

  /**
   * Average-pooling.
   *
   * @param x {@code [n, c, length]}
   * @return {@code [n, c, (length + 2 padding - kernel) / stride + 1]}
   * @throws ShapeException if {@code x} is no batch of signals or the window does not fit
   */
  public static Tensor average(Tensor x, Pool1dOptions options) {
    check("avg_pool1d", x, options);
    return Pool2d.average(x.unsqueeze(2), options.flat()).squeeze(2);
  }

  private static void check(String op, Tensor x, Pool1dOptions options) {
    Operands.check(op, x);
    if (x.shape().rank() != 3) {
      throw new ShapeException(op + ": the input " + x.shape() + " should be [n, c, length]");
    }
    if (options.kernel() > x.dim(2) + 2 * options.padding()) {
      throw new ShapeException(
          op
              + ": the kernel "
              + options.kernel()
              + " does not fit into the input "
              + x.shape()
              + " with padding "
              + options.padding());
    }
  }
}
