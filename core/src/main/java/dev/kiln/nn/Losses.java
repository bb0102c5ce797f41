package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.ops.CrossEntropy;
import org.jspecify.annotations.Nullable;

/** What training makes small. */
public final class Losses {
  private Losses() {}

  /**
   * The mean of {@code -log softmax(logits)[target]} over a batch.
   *
   * @param logits {@code [n, classes]}, or {@code [n, classes, d1, ...]}
   * @param target int32 {@code [n]}, or {@code [n, d1, ...]}: the classes
   * @return a single number, {@code []}
   * @throws dev.kiln.ShapeException if they do not fit
   * @throws IndexOutOfBoundsException if a label is not a class
   */
  public static Tensor crossEntropy(Tensor logits, Tensor target) {
    return crossEntropy(logits, target, null, CrossEntropy.Options.DEFAULT);
  }

  /**
   * With class weights and options: smoothing, a label to ignore, another reduction.
   *
   * @param weight {@code [classes]}, how much each class counts; null for 1
   */
  public static Tensor crossEntropy(
      Tensor logits, Tensor target, @Nullable Tensor weight, CrossEntropy.Options options) {
    return CrossEntropy.apply(logits, target, weight, options);
  }
}
