package dev.kiln.ops;

import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Rows;

/** Softmax along one dimension: {@code y = exp(x - max x) / Σ exp(x - max x)}. */
public final class Softmax {
  private Softmax() {}

  /**
   * @param x any shape
   * @param dim the dimension that sums to one; negative counts from the end
   * @return the shape of {@code x}
   * @throws dev.kiln.ShapeException if {@code x} has no such dimension
   */
  public static Tensor apply(Tensor x, int dim) {
    Operands.check("softmax", x);
    Rows rows = Rows.along(x.shape(), x.shape().axis("softmax", dim));
    Tensor y = Tensor.like(x);
    x.backend().softmax(rows, x.buffer(), y.buffer());

    // dx = y ∘ (dy - Σ dy ∘ y): the output is all that is kept
    return Tape.record(
        y,
        x,
        dy -> {
          Tensor dx = Tensor.like(x);
          x.backend().softmaxGradient(rows, y.buffer(), dy.buffer(), dx.buffer());
          return dx;
        });
  }
}
