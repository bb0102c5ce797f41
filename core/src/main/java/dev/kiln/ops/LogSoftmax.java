package dev.kiln.ops;

import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Rows;

/**
 * The logarithm of softmax, without its cancellation: {@code y = x - max x - log Σ exp(x - max x)}.
 */
public final class LogSoftmax {
  private LogSoftmax() {}

  /**
   * @param x any shape
   * @param dim the dimension whose exponentials sum to one; negative counts from the end
   * @return the shape of {@code x}
   * @throws dev.kiln.ShapeException if {@code x} has no such dimension
   */
  public static Tensor apply(Tensor x, int dim) {
    Operands.check("log_softmax", x);
    Rows rows = Rows.along(x.shape(), x.shape().axis("log_softmax", dim));
    Tensor y = Tensor.like(x);
    x.backend().logSoftmax(rows, x.buffer(), y.buffer());

    // dx = dy - exp(y) Σ dy
    return Tape.record(
        y,
        x,
        dy -> {
          Tensor dx = Tensor.like(x);
          x.backend().logSoftmaxGradient(rows, y.buffer(), dy.buffer(), dx.buffer());
          return dx;
        });
  }
}
