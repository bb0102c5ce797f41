package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.ops.CrossEntropy;
import dev.kiln.ops.NllLoss;
import dev.kiln.ops.PairwiseLoss;
import dev.kiln.ops.Reduction;
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

  /**
   * The mean of {@code -x[target]} over a batch.
   *
   * @param x log-probabilities {@code [n, classes]}, or {@code [n, classes, d1, ...]}
   * @param target int32 {@code [n]}, or {@code [n, d1, ...]}: the classes
   */
  public static Tensor nll(Tensor x, Tensor target) {
    return nll(x, target, null, NllLoss.Options.DEFAULT);
  }

  /**
   * With class weights and options.
   *
   * @param weight {@code [classes]}, how much each class counts; null for 1
   */
  public static Tensor nll(
      Tensor x, Tensor target, @Nullable Tensor weight, NllLoss.Options options) {
    return NllLoss.apply(x, target, weight, options);
  }

  /** The mean of {@code (x - target)²}; both of one shape. */
  public static Tensor mse(Tensor x, Tensor target) {
    return mse(x, target, Reduction.MEAN);
  }

  public static Tensor mse(Tensor x, Tensor target, Reduction reduction) {
    return PairwiseLoss.mse(x, target, reduction);
  }

  /** The mean of {@code |x - target|}; both of one shape. */
  public static Tensor l1(Tensor x, Tensor target) {
    return l1(x, target, Reduction.MEAN);
  }

  public static Tensor l1(Tensor x, Tensor target, Reduction reduction) {
    return PairwiseLoss.l1(x, target, reduction);
  }

  /** The mean of {@link PairwiseLoss#smoothL1} with a beta of 1. */
  public static Tensor smoothL1(Tensor x, Tensor target) {
    return smoothL1(x, target, 1, Reduction.MEAN);
  }

  /**
   * @param beta the difference from which the loss is a straight line, from 0
   */
  public static Tensor smoothL1(Tensor x, Tensor target, float beta, Reduction reduction) {
    return PairwiseLoss.smoothL1(x, target, beta, reduction);
  }

  /** The mean of {@link PairwiseLoss#huber} with a delta of 1. */
  public static Tensor huber(Tensor x, Tensor target) {
    return huber(x, target, 1, Reduction.MEAN);
  }

  /**
   * @param delta the difference from which the loss is a straight line, above 0
   */
  public static Tensor huber(Tensor x, Tensor target, float delta, Reduction reduction) {
    return PairwiseLoss.huber(x, target, delta, reduction);
  }

  /**
   * The mean binary cross entropy of {@code sigmoid(logits)}.
   *
   * @param target probabilities, of the shape of the logits
   */
  public static Tensor bceWithLogits(Tensor logits, Tensor target) {
    return bceWithLogits(logits, target, null, null, Reduction.MEAN);
  }

  /**
   * With weights that broadcast to the logits.
   *
   * @param weight how much each element counts; null for 1
   * @param positiveWeight how much a target of 1 counts against one of 0; null for 1
   */
  public static Tensor bceWithLogits(
      Tensor logits,
      Tensor target,
      @Nullable Tensor weight,
      @Nullable Tensor positiveWeight,
      Reduction reduction) {
    return PairwiseLoss.bceWithLogits(logits, target, weight, positiveWeight, reduction);
  }
}
