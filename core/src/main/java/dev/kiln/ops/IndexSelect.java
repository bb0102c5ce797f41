package dev.kiln.ops;

import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Picks;
import dev.kiln.backend.Rows;

/** Rows along one dimension, by their number and in any order, as often as they are named. */
public final class IndexSelect {
  private IndexSelect() {}

  /**
   * @param x any shape but a scalar's
   * @param dim negative counts from the end
   * @param index int32 {@code [count]}
   * @return the shape of {@code x} with {@code count} for the extent of {@code dim}
   * @throws ShapeException if they do not fit
   * @throws IndexOutOfBoundsException if an index is none of that dimension: which one, where
   */
  public static Tensor apply(Tensor x, int dim, Tensor index) {
    Operands.sameDevice("index_select", x, index);
    int axis = x.shape().axis("index_select", dim);
    if (x.shape().rank() == 0 || index.shape().rank() != 1) {
      throw new ShapeException(
          "index_select: the index "
              + index.shape()
              + " should have one dimension, and the input "
              + x.shape()
              + " at least one");
    }
    int n = x.dim(axis);
    Indices.check("index_select", index, n, "in dimension " + dim + " of the input " + x.shape());
    Rows rows = Rows.along(x.shape(), axis);
    Picks picks = new Picks(rows.outer(), n, index.size(), rows.inner());
    Tensor y = Tensor.empty(x.device(), x.dtype(), x.shape().with(axis, index.size()));
    x.backend().take(picks, x.buffer(), index.buffer(), y.buffer());
    return Tape.record(
        y,
        x,
        dy -> {
          Tensor dx = Tensor.like(x);
          dy.backend().takeGradient(picks, -1, index.buffer(), dy.buffer(), dx.buffer());
          return dx;
        });
  }
}
