package dev.kiln.optim;

import java.util.Arrays;

/** The rate falls by a factor after each of some epochs. */
public final class MultiStepLr extends EpochSchedule {
  private final int[] milestones;
  private final double gamma;

  /**
   * @param gamma the factor
   * @param milestones the numbers of epochs after which it falls; one that is given twice counts
   *     twice
   */
  public MultiStepLr(Optimizer optimizer, double gamma, int... milestones) {
    super(optimizer);
    this.gamma = Optimizer.atLeastZero("gamma", gamma);
    this.milestones = milestones.clone();
  }

  @Override
  double rate(double base, int epochs) {
    long passed = Arrays.stream(milestones).filter(milestone -> milestone <= epochs).count();
    return base * Math.pow(gamma, passed);
  }
}
