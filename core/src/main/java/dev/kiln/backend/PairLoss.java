package dev.kiln.backend;

/**
 * A loss between an element {@code x} and its target {@code t}; {@code d = x - t}.
 *
 * @param a the number that fixes it, 0 where there is none
 */
public record PairLoss(Function function, float a) {
  public static final PairLoss MSE = new PairLoss(Function.MSE, 0);
  public static final PairLoss L1 = new PairLoss(Function.L1, 0);
  public static final PairLoss BCE_WITH_LOGITS = new PairLoss(Function.BCE_WITH_LOGITS, 0);

  /** What is computed. */
  public enum Function {
    /** {@code d²}. */
    MSE,
    /** {@code |d|}; the slope at 0 is 0. */
    L1,
    /** {@code d² / 2a} where {@code |d| < a}, else {@code |d| - a/2}. */
    SMOOTH_L1,
    /** {@code d² / 2} where {@code |d| < a}, else {@code a (|d| - a/2)}. */
    HUBER,
    /**
     * {@code (1 - t) x + q log(1 + exp(-x))}, where {@code q = 1 + (p - 1) t} for weight p of 1.
     */
    BCE_WITH_LOGITS
  }

  /**
   * @param beta from 0
   */
  public static PairLoss smoothL1(float beta) {
    return new PairLoss(Function.SMOOTH_L1, beta);
  }

  /**
   * @param delta above 0
   */
  public static PairLoss huber(float delta) {
    return new PairLoss(Function.HUBER, delta);
  }
}
