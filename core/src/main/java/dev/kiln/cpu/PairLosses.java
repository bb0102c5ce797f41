package dev.kiln.cpu;

import dev.kiln.backend.PairLoss;

/** A loss between one element and its target, and its slope, in double precision. */
final class PairLosses {
  private PairLosses() {}

  /**
   * @param positiveWeight the weight of a target of 1, for cross entropy
   */
  static double value(PairLoss f, float x, float t, float positiveWeight) {
    float d = x - t;
    float size = Math.abs(d);
    float a = f.a();
    return switch (f.function()) {
      case MSE -> d * d;
      case L1 -> size;
      case SMOOTH_L1 -> size < a ? 0.5f * d * d / a : size - 0.5f * a;
      case HUBER -> size < a ? 0.5f * d * d : a * (size - 0.5f * a);
      case BCE_WITH_LOGITS ->
          (1.0 - t) * x + missed(t, positiveWeight) * ScalarFunctions.softplus(-x);
    };
  }

  /** Along x. */
  static double slope(PairLoss f, float x, float t, float positiveWeight) {
    float d = x - t;
    float size = Math.abs(d);
    float a = f.a();
    return switch (f.function()) {
      case MSE -> 2 * d;
      case L1 -> signOf(d);
      case SMOOTH_L1 -> size < a ? d / a : signOf(d);
      case HUBER -> size < a ? d : a * signOf(d);
      case BCE_WITH_LOGITS -> (1.0 - t) - missed(t, positiveWeight) * ScalarFunctions.sigmoid(-x);
    };
  }

  private static float signOf(float d) {
    return d > 0 ? 1 : d < 0 ? -1 : 0;
  }

  private static double missed(float t, float positiveWeight) {
    return 1 + (positiveWeight - 1.0) * t;
  }
}
