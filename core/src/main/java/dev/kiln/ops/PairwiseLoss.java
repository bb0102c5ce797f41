package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.PairLoss;
import dev.kiln.backend.Rows;
import org.jspecify.annotations.Nullable;

/** Losses between each element of a tensor and its target, of the same shape. */
public final class PairwiseLoss {
  private PairwiseLoss() {}

  /** {@code (x - target)²}. */
  public static Tensor mse(Tensor x, Tensor target, Reduction reduction) {
    return ofDifference("mse_loss", PairLoss.MSE, x, target, reduction);
  }

  /** {@code |x - target|}; the gradient at 0 is 0. */
  public static Tensor l1(Tensor x, Tensor target, Reduction reduction) {
    return ofDifference("l1_loss", PairLoss.L1, x, target, reduction);
  }

  /**
   * {@code d² / (2 beta)} where {@code |d| < beta}, else {@code |d| - beta/2}, of the difference d.
   *
   * @param beta from 0, where it is {@link #l1}
   */
  public static Tensor smoothL1(Tensor x, Tensor target, float beta, Reduction reduction) {
    if (!(beta >= 0)) {
      throw new IllegalArgumentException("smooth_l1_loss: beta is 0 or more, not " + beta);
    }
    return ofDifference("smooth_l1_loss", PairLoss.smoothL1(beta), x, target, reduction);
  }

  /**
   * {@code d²/2} where {@code |d| < delta}, else {@code delta (|d| - delta/2)}.
   *
   * @param delta above 0
   */
  public static Tensor huber(Tensor x, Tensor target, float delta, Reduction reduction) {
    if (!(delta > 0)) {
      throw new IllegalArgumentException("huber_loss: delta is above 0, not " + delta);
    }
    return ofDifference("huber_loss", PairLoss.huber(delta), x, target, reduction);
  }

  /**
   * Binary cross entropy of {@code sigmoid(x)}: {@code -w (p t log s + (1 - t) log(1 - s))} without
   * a logarithm of 0. Logits and targets get a gradient, weights none.
   *
   * @param x logits
   * @param target probabilities, from 0 to 1
   * @param weight w, broadcasts to the shape of {@code x}; null for 1
   * @param positiveWeight p, how much a target of 1 counts; likewise
   * @throws ShapeException if they do not fit
   */
  public static Tensor bceWithLogits(
      Tensor x,
      Tensor target,
      @Nullable Tensor weight,
      @Nullable Tensor positiveWeight,
      Reduction reduction) {
    String op = "bce_with_logits";
    Operands.check(op, x, target, weight, positiveWeight);
    sameShape(op, x, target);
    Tensor w = spread(op, "weight", weight, x.shape());
    Tensor p = spread(op, "pos_weight", positiveWeight, x.shape());
    return apply(PairLoss.BCE_WITH_LOGITS, x, target, w, p, reduction);
  }

  private static Tensor ofDifference(
      String op, PairLoss f, Tensor x, Tensor target, Reduction reduction) {
    Operands.check(op, x, target);
    sameShape(op, x, target);
    return apply(f, x, target, null, null, reduction);
  }

  private static Tensor apply(
      PairLoss f,
      Tensor x,
      Tensor target,
      @Nullable Tensor weight,
      @Nullable Tensor positiveWeight,
      Reduction reduction) {
    Tensor losses = Tensor.like(x);
    x.backend()
        .pairLoss(
            f,
            x.buffer(),
            target.buffer(),
            weight == null ? null : weight.buffer(),
            positiveWeight == null ? null : positiveWeight.buffer(),
            losses.buffer());
    float scale = reduction == Reduction.MEAN && x.size() > 0 ? (float) (1.0 / x.size()) : 1;
    Tensor y = reduction == Reduction.NONE ? losses : sum(losses, scale);
    if (reduction == Reduction.MEAN && x.size() == 0) {
      y.backend().fill(y.buffer(), Float.NaN);
    }
    return Tape.record(
        y,
        new Tensor[] {x, target},
        dy -> {
          Tensor dx = Tensor.like(x);
          x.backend()
              .pairLossGradient(
                  f,
                  x.buffer(),
                  target.buffer(),
                  weight == null ? null : weight.buffer(),
                  positiveWeight == null ? null : positiveWeight.buffer(),
                  scale,
                  dy.buffer(),
                  dx.buffer());
          Tensor dt = null;
          if (target.requiresGrad()) {
            dt =
                f.function() == PairLoss.Function.BCE_WITH_LOGITS
                    ? crossEntropyByTarget(x, weight, positiveWeight, scale, dy)
                    : Arithmetic.affine(dx, -1, 0);
          }
          return new Tensor[] {x.requiresGrad() ? dx : null, dt};
        });
  }

  /** {@code dy scale w ((p - 1) log(1 + exp(-x)) - x)}: the loss is linear in its target. */
  private static Tensor crossEntropyByTarget(
      Tensor x, @Nullable Tensor w, @Nullable Tensor p, float scale, Tensor dy) {
    Tensor slope = Arithmetic.affine(x, -1, 0);
    if (p != null) {
      slope = slope.add(Arithmetic.affine(p, 1, -1).mul(slope.softplus()));
    }
    if (w != null) {
      slope = slope.mul(w);
    }
    return Arithmetic.affine(slope, scale, 0).mul(dy);
  }

  private static Tensor sum(Tensor losses, float scale) {
    Tensor sum = Tensor.empty(losses.device(), DType.FLOAT32, Shape.scalar());
    Rows all = new Rows(1, losses.size(), 1);
    losses.backend().sum(all, scale, losses.buffer(), sum.buffer());
    return sum;
  }

  private static void sameShape(String op, Tensor x, Tensor target) {
    if (!x.shape().equals(target.shape())) {
      throw new ShapeException(
          op
              + ": the target "
              + target.shape()
              + " should have the input's shape "
              + x.shape()
              + "; reshape one of them");
    }
  }

  private static void constant(String op, String what, Tensor x) {
    if (x.requiresGrad()) {
      throw new IllegalArgumentException(
          op + ": the " + what + " " + x.shape() + " gets no gradient here; detach() it");
    }
  }

  private static @Nullable Tensor spread(String op, String what, @Nullable Tensor x, Shape wanted) {
    if (x == null) {
      return null;
    }
    constant(op, what, x);
    if (!Shape.broadcast(op, x.shape(), wanted).equals(wanted)) {
      throw new ShapeException(
          op + ": the " + what + " " + x.shape() + " does not broadcast to the input " + wanted);
    }
    return Spread.expand(x, wanted);
  }
}
