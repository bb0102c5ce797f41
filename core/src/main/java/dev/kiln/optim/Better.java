package dev.kiln.optim;

/** The best value of a metric so far, and which value would be better than it. */
final class Better {
  private final boolean largerIsBetter;
  private final double threshold;
  private final boolean relative;
  private double best;

  /**
   * @param threshold by how much a value has to be better to count
   * @param relative whether that is a share of the best value
   */
  Better(boolean largerIsBetter, double threshold, boolean relative) {
    this.largerIsBetter = largerIsBetter;
    this.threshold = threshold;
    this.relative = relative;
    best = largerIsBetter ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }

  /** Whether {@code value} is better than all before, which NaN never is; then it is kept. */
  boolean accept(double value) {
    double margin = largerIsBetter ? threshold : -threshold;
    double limit = relative ? best * (1 + margin) : best + margin;
    boolean better = largerIsBetter ? value > limit : value < limit;
    if (better) {
      best = value;
    }
    return better;
  }

  double best() {
    return best;
  }
}
