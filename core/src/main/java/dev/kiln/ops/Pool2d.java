package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Pool2dSpec;

/** The largest element, or the mean, of windows that move over images. */
public final class Pool2d {
  private Pool2d() {}

  /**
   * Max-pooling. Padding never wins; among equal elements the first in row-major order gets the
   * gradient.
   *
   * @param x {@code [n, c, h, w]}
   * @return {@code [n, c, oh, ow]}
   * @throws ShapeException if {@code x} is no batch of images or the window does not fit
   */
  public static Tensor max(Tensor x, Pool2dOptions options) {
    Operands.check("max_pool2d", x);
    Pool2dSpec spec = spec("max_pool2d", x.shape(), options);
    Shape shape = Shape.of(x.dim(0), x.dim(1), spec.outHeight(), spec.outWidth());
    Tensor y = Tensor.empty(x.device(), DType.FLOAT32, shape);
    Tensor winners = Tensor.empty(x.device(), DType.INT32, shape);
    x.backend().maxPool2d(spec, x.buffer(), y.buffer(), winners.buffer());
    return Tape.record(
        y,
        x,
        dy -> {
          Tensor dx = Tensor.like(x);
          x.backend().maxPool2dGradient(spec, dy.buffer(), winners.buffer(), dx.buffer());
          return dx;
        });
  }

  /**
   * Average-pooling.
   *
   * @param x {@code [n, c, h, w]}
   * @return {@code [n, c, oh, ow]}
   * @throws ShapeException if {@code x} is no batch of images or the window does not fit
   */
  public static Tensor average(Tensor x, Pool2dOptions options) {
    Operands.check("avg_pool2d", x);
    Pool2dSpec spec = spec("avg_pool2d", x.shape(), options);
    Shape shape = Shape.of(x.dim(0), x.dim(1), spec.outHeight(), spec.outWidth());
    Tensor y = Tensor.empty(x.device(), DType.FLOAT32, shape);
    x.backend().avgPool2d(spec, x.buffer(), y.buffer());
    return Tape.record(
        y,
        x,
        dy -> {
          Tensor dx = Tensor.like(x);
          x.backend().avgPool2dGradient(spec, dy.buffer(), dx.buffer());
          return dx;
        });
  }

  private static Pool2dSpec spec(String op, Shape x, Pool2dOptions options) {
    if (x.rank() != 4) {
      throw new ShapeException(op + ": the input " + x + " should be [n, c, h, w]");
    }
    int outHeight =
        outExtent(
            x.dim(2),
            options.kernelHeight(),
            options.strideHeight(),
            options.paddingHeight(),
            options.ceil());
    int outWidth =
        outExtent(
            x.dim(3),
            options.kernelWidth(),
            options.strideWidth(),
            options.paddingWidth(),
            options.ceil());
    if (outHeight < 1 || outWidth < 1) {
      throw new ShapeException(
          op
              + ": the kernel ("
              + options.kernelHeight()
              + ", "
              + options.kernelWidth()
              + ") does not fit into the input "
              + x
              + " with padding ("
              + options.paddingHeight()
              + ", "
              + options.paddingWidth()
              + ")");
    }
    return new Pool2dSpec(
        x.dim(0) * x.dim(1),
        x.dim(2),
        x.dim(3),
        outHeight,
        outWidth,
        options.kernelHeight(),
        options.kernelWidth(),
        options.strideHeight(),
        options.strideWidth(),
        options.paddingHeight(),
        options.paddingWidth(),
        options.countIncludePad());
  }

  private static int outExtent(int in, int kernel, int stride, int padding, boolean ceil) {
    int room = in + 2 * padding - kernel;
    if (room < 0) {
      return 0;
    }
    int out = (ceil ? room + stride - 1 : room) / stride + 1;
    // a last window must begin inside the input or its left padding
    return ceil && (out - 1) * stride >= in + padding ? out - 1 : out;
  }
}
