package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.Tensor;
import dev.kiln.backend.Rows;
import org.jspecify.annotations.Nullable;

/** Negative log likelihood of class labels: {@code -x[target]} for log-probabilities x. */
public final class NllLoss {
  private NllLoss() {}

  /**
   * Besides shapes.
   *
   * @param ignoreIndex samples with this target count for nothing
   */
  public record Options(int ignoreIndex, Reduction reduction) {
    /** Mean, {@link CrossEntropy#IGNORE_INDEX}. */
    public static final Options DEFAULT = new Options(CrossEntropy.IGNORE_INDEX, Reduction.MEAN);
  }

  /**
   * @param x log-probabilities {@code [n, classes, d1, d2, ...]}, or {@code [classes]}
   * @param target int32 {@code [n, d1, d2, ...]}, or {@code []}: the class of each sample
   * @param weight {@code [classes]}, how much each class counts; null for 1
   * @return {@code []}, or the shape of {@code target} without reduction
   * @throws dev.kiln.ShapeException if they do not fit
   * @throws IndexOutOfBoundsException if a label is not a class: which one, where
   */
  public static Tensor apply(Tensor x, Tensor target, @Nullable Tensor weight, Options options) {
    Rows rows = ClassTargets.check("nll_loss", "inputs", x, target, weight, options.ignoreIndex());
    Tensor losses = Tensor.empty(x.device(), DType.FLOAT32, target.shape());
    Tensor counted = Tensor.like(losses);
    x.backend()
        .nll(
            rows,
            options.ignoreIndex(),
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
                .nllGradient(
                    rows,
                    options.ignoreIndex(),
                    target.buffer(),
                    weight == null ? null : weight.buffer(),
                    dy.buffer(),
                    divisor == null ? null : divisor.buffer(),
                    dx.buffer()));
  }
}
