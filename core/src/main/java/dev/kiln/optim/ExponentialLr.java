package dev.kiln.optim;

/** The rate falls by a factor after every epoch: {@code base · gamma^epoch}. */
public final class ExponentialLr extends EpochSchedule {
  private final double gamma;

  public ExponentialLr(Optimizer optimizer, double gamma) {
    super(optimizer);
    this.gamma = Optimizer.atLeastZero("gamma", gamma);
  }

  @Override
  double rate(double base, int epochs) {
    return base * Math.pow(gamma, epochs);
  }
}
