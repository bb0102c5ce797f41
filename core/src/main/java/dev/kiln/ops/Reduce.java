package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Rows;

/** Sum, mean, maximum and minimum over dimensions. */
public final class Reduce {
  private Reduce() {}

  /**
   * The largest elements along a dimension, or the smallest.
   *
   * @param values what they are
   * @param indices int32: where along the dimension they lie, the first among equals
   */
  public record Max(Tensor values, Tensor indices) {}

  /**
   * @param dims the dimensions to sum over, negative ones from the end; none means all
   * @param keepDim summed dimensions stay with extent 1, else they go
   * @throws ShapeException for a dimension that is not there or named twice
   */
  public static Tensor sum(Tensor x, boolean keepDim, int... dims) {
    return apply("sum", x, false, keepDim, dims);
  }

  /** The sum divided by the number of elements summed; over none it is NaN, as in PyTorch. */
  public static Tensor mean(Tensor x, boolean keepDim, int... dims) {
    return apply("mean", x, true, keepDim, dims);
  }

  private static Tensor apply(String op, Tensor x, boolean mean, boolean keepDim, int... dims) {
    Operands.check(op, x);
    boolean[] summed = marked(op, x.shape(), dims);
    Shape kept = x.shape();
    int count = 1;
    for (int i = 0; i < summed.length; i++) {
      if (summed[i]) {
        count *= kept.dim(i);
        kept = kept.with(i, 1);
      }
    }
    Shape full = kept;
    float scale = mean ? (float) (1.0 / count) : 1;
    Tensor sum =
        summed.length == 0 ? Arithmetic.affine(x, 1, 0) : Spread.sum(x, summed, finite(scale));
    if (mean && count == 0) {
      sum.backend().fill(sum.buffer(), Float.NaN);
    }
    Tensor y = sum.view(keepDim ? full : dropped(full, summed));
    return Tape.record(
        y,
        x,
        dy -> {
          Tensor each = mean ? Arithmetic.affine(dy, finite(scale), 0) : dy;
          return Spread.expand(each.view(full), x.shape());
        });
  }

  private static float finite(float scale) {
    return Float.isInfinite(scale) ? 0 : scale;
  }

  /**
   * The largest elements along {@code dim}; NaN is larger than all.
   *
   * @throws ShapeException if there is no such dimension, or it is empty
   */
  public static Max max(Tensor x, int dim, boolean keepDim) {
    Operands.check("max", x);
    int axis = x.shape().axis("max", dim);
    Rows rows = nonEmptyRows("max", "largest", x, axis);
    Shape shape = reduced(x.shape(), axis, keepDim);
    Tensor values = Tensor.empty(x.device(), DType.FLOAT32, shape);
    Tensor indices = Tensor.indices(x.device(), shape, x.dim(axis));
    x.backend().max(rows, x.buffer(), values.buffer(), indices.buffer());
    Tape.record(
        values,
        x,
        dy -> {
          Tensor dx = Tensor.like(x);
          x.backend().scatter(rows, indices.buffer(), dy.buffer(), dx.buffer());
          return dx;
        });
    return new Max(values, indices);
  }

  /** The largest element of all, shape {@code []}; the gradient goes to the first of equals. */
  public static Tensor max(Tensor x) {
    return max(Reshape.apply(x, Shape.of(x.size())), 0, false).values();
  }

  /**
   * Where along {@code dim} the largest elements lie, int32; the first among equals. Not
   * differentiable.
   */
  public static Tensor argmax(Tensor x, int dim, boolean keepDim) {
    try (Tape.Pause pause = Tape.pause()) {
      Max max = max(x, dim, keepDim);
      max.values().close();
      return max.indices();
    }
  }

  /** The index of the largest element in row-major order, int32, shape {@code []}. */
  public static Tensor argmax(Tensor x) {
    return argmax(x.view(Shape.of(x.size())), 0, false);
  }

  /**
   * The smallest elements along {@code dim}; NaN is smaller than all.
   *
   * @throws ShapeException if there is no such dimension, or it is empty
   */
  public static Max min(Tensor x, int dim, boolean keepDim) {
    Operands.check("min", x);
    int axis = x.shape().axis("min", dim);
    Rows rows = nonEmptyRows("min", "smallest", x, axis);
    Max largest;
    try (Tape.Pause pause = Tape.pause()) {
      Tensor negated = Arithmetic.affine(x, -1, 0);
      largest = max(negated, dim, keepDim);
      negated.close();
    }
    Tensor values = Arithmetic.affine(largest.values(), -1, 0);
    largest.values().close();
    Tensor indices = largest.indices();
    Tape.record(
        values,
        x,
        dy -> {
          Tensor dx = Tensor.like(x);
          x.backend().scatter(rows, indices.buffer(), dy.buffer(), dx.buffer());
          return dx;
        });
    return new Max(values, indices);
  }

  /** The smallest element of all, shape {@code []}; the gradient goes to the first of equals. */
  public static Tensor min(Tensor x) {
    return min(Reshape.apply(x, Shape.of(x.size())), 0, false).values();
  }

  /** Where along {@code dim} the smallest elements lie, int32. Not differentiable. */
  public static Tensor argmin(Tensor x, int dim, boolean keepDim) {
    try (Tape.Pause pause = Tape.pause()) {
      Max min = min(x, dim, keepDim);
      min.values().close();
      return min.indices();
    }
  }

  /** The index of the smallest element in row-major order, int32, shape {@code []}. */
  public static Tensor argmin(Tensor x) {
    return argmin(x.view(Shape.of(x.size())), 0, false);
  }

  private static Rows nonEmptyRows(String op, String wanted, Tensor x, int axis) {
    Rows rows = Rows.along(x.shape(), axis);
    if (rows.n() == 0) {
      throw new ShapeException(
          op
              + ": dimension "
              + axis
              + " of "
              + x.shape()
              + " is empty and has no "
              + wanted
              + " element");
    }
    return rows;
  }

  private static Shape reduced(Shape shape, int axis, boolean keepDim) {
    if (shape.rank() == 0) {
      return shape;
    }
    return keepDim ? shape.with(axis, 1) : shape.without(axis);
  }

  static boolean[] marked(String op, Shape shape, int... dims) {
    boolean[] marked = new boolean[shape.rank()];
    for (int dim : dims) {
      int axis = shape.axis(op, dim);
      if (axis < marked.length) {
        if (marked[axis]) {
          throw new ShapeException(
              op + ": dimension " + dim + " of " + shape + " is named more than once");
        }
        marked[axis] = true;
      }
    }
    if (dims.length == 0) {
      java.util.Arrays.fill(marked, true);
    }
    return marked;
  }

  static Shape dropped(Shape shape, boolean[] gone) {
    Shape result = shape;
    for (int i = gone.length - 1; i >= 0; i--) {
      result = gone[i] ? result.without(i) : result;
    }
    return result;
  }
}
