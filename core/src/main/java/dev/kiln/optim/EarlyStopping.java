package dev.kiln.optim;

/**
 * Tells when a metric has not become better for some epochs. It keeps numbers only; the best
 * weights are the caller's to keep:
 *
 * <pre>{@code
 * EarlyStopping stopping = new EarlyStopping(5);
 * for (int epoch = 0; epoch < 100 && !stopping.isOver(); epoch++) {
 *   double loss = validate(net);
 *   if (stopping.step(loss)) {
 *     best = net.stateDict();
 *   }
 * }
 * net.load(best);
 * }</pre>
 *
 * <p>Unless told, the smaller the better, by however little.
 */
public final class EarlyStopping {
  private final int patience;
  private boolean largerIsBetter;
  private double minDelta;
  private Better better = new Better(false, 0, false);
  private int bad;

  /**
   * @param patience after how many epochs in a row without a better metric it is over; at least 1
   */
  public EarlyStopping(int patience) {
    this.patience = (int) Optimizer.between("patience", patience, 1, Integer.MAX_VALUE);
  }

  /** Whether a larger metric is better, such as an accuracy. */
  public EarlyStopping largerIsBetter(boolean wanted) {
    largerIsBetter = wanted;
    better = new Better(largerIsBetter, minDelta, false);
    return this;
  }

  /** By how much a metric has to be better to count. */
  public EarlyStopping minDelta(double difference) {
    minDelta = Optimizer.atLeastZero("minimal difference", difference);
    better = new Better(largerIsBetter, minDelta, false);
    return this;
  }

  /**
   * Ends an epoch.
   *
   * @return whether this metric is better than all before: the weights are worth keeping
   */
  public boolean step(double metric) {
    boolean improved = better.accept(metric);
    bad = improved ? 0 : bad + 1;
    return improved;
  }

  /** The best metric so far; an infinity before the first. */
  public double best() {
    return better.best();
  }

  /** Whether to stop. */
  public boolean isOver() {
    return bad >= patience;
  }
}
