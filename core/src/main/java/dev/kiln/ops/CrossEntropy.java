package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.Tensor;
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
   * @throws dev.kiln.ShapeException if they do not fit
   * @throws IndexOutOfBoundsException if a label is not a class: which one, where
   */
  public static Tensor apply(Tensor x, Tensor target, @Nullable Tensor weight, Options options) {
    Rows rows =
        ClassTargets.check("cross_entropy", "logits", x, target, weight, options.ignoreIndex());
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

    return ClassTargets.reduce(
        x,
        losses,
        counted,
        options.reduction(),
        (dy, divisor, dx) ->
            x.backend()
                .crossEntropyGradient(
                    spec,
                    x.buffer(),
                    target.buffer(),
                    weight == null ? null : weight.buffer(),
                    dy.buffer(),
                    divisor == null ? null : divisor.buffer(),
                    dx.buffer()));
  }
}
