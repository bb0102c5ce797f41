package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Rows;
import org.jspecify.annotations.Nullable;

/** What losses against one class each have in common: their checks, and how they are reduced. */
final class ClassTargets {
  private ClassTargets() {}

  /**
   * Scores, targets and weights that fit: the rows of classes.
   *
   * @param scores what the op calls its input, {@code logits}
   */
  static Rows check(
      String op, String scores, Tensor x, Tensor target, @Nullable Tensor weight, int ignoreIndex) {
    Operands.check(op, x, weight);
    Operands.sameDevice(op, x, target);
    Shape shape = x.shape();
    Shape wanted = shape.rank() > 1 ? shape.without(1) : Shape.scalar();
    if (shape.rank() == 0 || !target.shape().equals(wanted) || target.dtype() != DType.INT32) {
      throw new ShapeException(
          op
              + ": the target "
              + target.dtype()
              + " "
              + target.shape()
              + " should be int32 "
              + wanted
              + ", one class a sample ("
              + scores
              + " "
              + shape
              + " = [n, classes, ...])");
    }
    Rows rows = Rows.along(shape, shape.rank() > 1 ? 1 : 0);
    if (weight != null && !weight.shape().equals(Shape.of(rows.n()))) {
      throw new ShapeException(
          op
              + ": the weight "
              + weight.shape()
              + " should be ["
              + rows.n()
              + "], one number a class ("
              + scores
              + " "
              + shape
              + ")");
    }
    checkLabels(op, scores, x, target, rows.n(), ignoreIndex);
    return rows;
  }

  private static void checkLabels(
      String op, String scores, Tensor x, Tensor target, int classes, int ignoreIndex) {
    int at = target.firstOutside(0, classes - 1, ignoreIndex);
    if (at >= 0) {
      throw new IndexOutOfBoundsException(
          op
              + ": target["
              + at
              + "] = "
              + target.toInts()[at]
              + " is not a class: the "
              + scores
              + " "
              + x.shape()
              + " have classes 0 to "
              + (classes - 1)
              + " (ignore_index "
              + ignoreIndex
              + ")");
    }
  }

  /** From dy and the mean's divisor to dx. */
  interface Gradient {
    void compute(Tensor dy, @Nullable Tensor divisor, Tensor dx);
  }

  /**
   * The losses as they are, their sum, or that divided by the sum of {@code counted}.
   *
   * @param counted the weights of the targets that count
   */
  static Tensor reduce(
      Tensor x, Tensor losses, Tensor counted, Reduction reduction, Gradient gradient) {
    Tensor divisor = reduction == Reduction.MEAN ? scalar(x) : null;
    Tensor y = reduction == Reduction.NONE ? losses : scalar(x);
    if (divisor != null) {
      x.backend().weightedMean(losses.buffer(), counted.buffer(), y.buffer(), divisor.buffer());
    } else if (reduction == Reduction.SUM) {
      x.backend().sum(new Rows(1, losses.size(), 1), 1, losses.buffer(), y.buffer());
    }
    return Tape.record(
        y,
        x,
        dy -> {
          Tensor dx = Tensor.like(x);
          gradient.compute(dy, divisor, dx);
          return dx;
        });
  }

  private static Tensor scalar(Tensor like) {
    return Tensor.empty(like.device(), DType.FLOAT32, Shape.scalar());
  }
}
