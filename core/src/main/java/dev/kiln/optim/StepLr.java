package dev.kiln.optim;

/** The rate falls by a factor after every so many epochs: {@code base · gamma^⌊epoch / size⌋}. */
public final class StepLr extends EpochSchedule {
  private final int size;
  private final double gamma;

  /**
   * @param size epochs from one fall to the next
   * @param gamma the factor
   */
  public StepLr(Optimizer optimizer, int size, double gamma) {
    super(optimizer);
    if (size < 1) {
      throw new IllegalArgumentException("StepLr: a step has at least 1 epoch, not " + size);
    }
    this.size = size;
    this.gamma = Optimizer.atLeastZero("gamma", gamma);
  }

  @Override
  double rate(double base, int epochs) {
    return base * Math.pow(gamma, epochs / size);
  }
}
