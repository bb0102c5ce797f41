package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Picks;
import dev.kiln.backend.Rows;
import java.util.Arrays;

/** Elements along one dimension: {@code y[i][j][k] = x[i][index[i][j][k]][k]} for dimension 1. */
public final class Gather {
  private Gather() {}

  /**
   * @param x any shape but a scalar's
   * @param dim negative counts from the end
   * @param index int32, as many dimensions as {@code x} and, but for {@code dim}, none longer
   * @return the shape of {@code index}
   * @throws ShapeException if they do not fit
   * @throws IndexOutOfBoundsException if an index is none of that dimension: which one, where
   */
  public static Tensor apply(Tensor x, int dim, Tensor index) {
    Operands.sameDevice("gather", x, index);
    int axis = x.shape().axis("gather", dim);
    checkShapes(x.shape(), dim, axis, index.shape());
    int n = x.dim(axis);
    Indices.check("gather", index, n, "in dimension " + dim + " of the input " + x.shape());
    return pick(cut(x, axis, index.shape()), axis, index);
  }

  private static void checkShapes(Shape x, int dim, int axis, Shape index) {
    boolean fits = x.rank() > 0 && index.rank() == x.rank();
    for (int i = 0; fits && i < x.rank(); i++) {
      fits = i == axis || index.dim(i) <= x.dim(i);
    }
    if (!fits) {
      throw new ShapeException(
          "gather: the index "
              + index
              + " should have as many dimensions as the input "
              + x
              + ", at least one, and none longer but dimension "
              + dim);
    }
  }

  /** What of x the index can reach. */
  private static Tensor cut(Tensor x, int axis, Shape index) {
    Shape reached = index.with(axis, x.dim(axis));
    if (reached.equals(x.shape())) {
      return x;
    }
    int[] steps = new int[reached.rank()];
    Arrays.fill(steps, 1);
    return Slice.apply(x, new int[reached.rank()], reached.toArray(), steps);
  }

  private static Tensor pick(Tensor x, int axis, Tensor index) {
    Rows rows = Rows.along(x.shape(), axis);
    Picks picks = new Picks(rows.outer(), rows.n(), index.dim(axis), rows.inner());
    // a single row is found as index_select finds it, whose gradient is not one long chain
    boolean single = rows.count() == 1;
    Tensor y = Tensor.empty(x.device(), x.dtype(), index.shape());
    if (single) {
      x.backend().take(picks, x.buffer(), index.buffer(), y.buffer());
    } else {
      x.backend().gather(picks, x.buffer(), index.buffer(), y.buffer());
    }
    return Tape.record(
        y,
        x,
        dy -> {
          Tensor dx = Tensor.like(x);
          if (single) {
            dy.backend().takeGradient(picks, -1, index.buffer(), dy.buffer(), dx.buffer());
          } else {
            dy.backend().gatherGradient(picks, index.buffer(), dy.buffer(), dx.buffer());
          }
          return dx;
        });
  }
}
