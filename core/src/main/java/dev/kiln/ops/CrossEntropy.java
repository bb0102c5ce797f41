package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Binary;
import dev.kiln.backend.Broadcast;
import dev.kiln.backend.CrossEntropySpec;
import dev.kiln.backend.Rows;
import org.jspecify.annotations.Nullable;

/** Cross entropy between logits and class labels: {@code -log softmax(x)[target]}. */
public final class CrossEntropy {
  /** The label that counts for nothing unless another is named, PyTorch's. */
  public static final int IGNORE_INDEX = -100;

  private CrossEntropy() {}

  /**
   * Besides shapes.
   *
   * @param ignoreIndex samples with this target count for nothing
   * @param labelSmoothing the share of the target that is spread over all classes, 0 to 1
   */
  public record Options(int ignoreIndex, float labelSmoothing, Reduction reduction) {
    /** Mean, no smoothing, {@link #IGNORE_INDEX}. */
    public static final Options DEFAULT = new Options(IGNORE_INDEX, 0, Reduction.MEAN);

    /**
     * @throws IllegalArgumentException if the smoothing is not from 0 to 1
     */
    public Options {
      if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
        throw new IllegalArgumentException(
            "cross_entropy: label smoothing is from 0 to 1, not " + labelSmoothing);
      }
    }
  }

  /**
   * @param x logits {@code [n, classes, d1, d2, ...]}, or {@code [classes]} for one sample
   * @param target int32 {@code [n, d1, d2, ...]}, or {@code []}: the class of each sample
   * @param weight {@code [classes]}, how much each class counts; null for 1
   * @return {@code []}, or the shape of {@code target} without reduction
   * @throws ShapeException if they do not fit
   * @throws IndexOutOfBoundsException if a label is not a class: which one, where
   */
  public static Tensor apply(Tensor x, Tensor target, @Nullable Tensor weight, Options options) {
    Operands.check("cross_entropy", x, weight);
    Operands.sameDevice("cross_entropy", x, target);
    Rows rows = rows(x, target, weight);
    checkLabels(x, target, rows.n(), options.ignoreIndex());
    CrossEntropySpec spec =
        new CrossEntropySpec(rows, options.ignoreIndex(), options.labelSmoothing());

    Tensor losses = Tensor.empty(x.device(), DType.FLOAT32, target.shape());
    Tensor counted = Tensor.like(losses);
    x.backend()
        .crossEntropy(
            spec,
            x.buffer(),
            target.buffer(),
            weight == null ? null : weight.buffer(),
            losses.buffer(),
            counted.buffer());

    Tensor divisor = options.reduction() == Reduction.MEAN ? total(counted) : null;
    Tensor y = reduce(losses, divisor, options.reduction());
    return Tape.record(
        y,
        x,
        dy -> {
          Tensor dx = Tensor.like(x);
          x.backend()
              .crossEntropyGradient(
                  spec,
                  x.buffer(),
                  target.buffer(),
                  weight == null ? null : weight.buffer(),
                  dy.buffer(),
                  divisor == null ? null : divisor.buffer(),
                  dx.buffer());
          return dx;
        });
  }

  private static Tensor reduce(Tensor losses, @Nullable Tensor divisor, Reduction reduction) {
    if (reduction == Reduction.NONE) {
      return losses;
    }
    Tensor sum = total(losses);
    if (divisor == null) {
      return sum;
    }
    Tensor mean = Tensor.like(sum);
    sum.backend()
        .binary(
            Binary.DIV,
            Broadcast.of(sum.shape(), divisor.shape(), mean.shape()),
            sum.buffer(),
            divisor.buffer(),
            mean.buffer());
    return mean;
  }

  private static Tensor total(Tensor x) {
    Tensor sum = Tensor.empty(x.device(), DType.FLOAT32, Shape.scalar());
    x.backend().sum(new Rows(1, x.size(), 1), 1, x.buffer(), sum.buffer());
    return sum;
  }

  private static Rows rows(Tensor x, Tensor target, @Nullable Tensor weight) {
    Shape shape = x.shape();
    Shape wanted = shape.rank() > 1 ? shape.without(1) : Shape.scalar();
    if (shape.rank() == 0 || !target.shape().equals(wanted) || target.dtype() != DType.INT32) {
      throw new ShapeException(
          "cross_entropy: the target "
              + target.dtype()
              + " "
              + target.shape()
              + " should be int32 "
              + wanted
              + ", one class a sample (logits "
              + shape
              + " = [n, classes, ...])");
    }
    Rows rows = Rows.along(shape, shape.rank() > 1 ? 1 : 0);
    if (weight != null && !weight.shape().equals(Shape.of(rows.n()))) {
      throw new ShapeException(
          "cross_entropy: the weight "
              + weight.shape()
              + " should be ["
              + rows.n()
              + "], one number a class (logits "
              + shape
              + ")");
    }
    return rows;
  }

  private static void checkLabels(Tensor x, Tensor target, int classes, int ignoreIndex) {
    int at = target.firstOutside(0, classes - 1, ignoreIndex);
    if (at >= 0) {
      throw new IndexOutOfBoundsException(
          "cross_entropy: target["
              + at
              + "] = "
              + target.toInts()[at]
              + " is not a class: the logits "
              + x.shape()
              + " have classes 0 to "
              + (classes - 1)
              + " (ignore_index "
              + ignoreIndex
              + ")");
    }
  }
}
