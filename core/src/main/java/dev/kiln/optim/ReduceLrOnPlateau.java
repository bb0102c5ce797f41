package dev.kiln.optim;

import java.util.List;

/**
 * Lowers the learning rates when a metric has not become better for some epochs. Unless told: the
 * smaller the better, factor 0.1, patience 10, threshold 1e-4 of the best value, no cooldown, down
 * to 0; as PyTorch's.
 */
public final class ReduceLrOnPlateau implements LrSchedule {
  private final List<ParameterGroup> groups;
  private boolean largerIsBetter;
  private double factor = 0.1;
  private int patience = 10;
  private double threshold = 1e-4;
  private boolean relative = true;
  private int cooldown;
  private double[] least = {0};
  private double eps = 1e-8;

  private Better better = new Better(false, threshold, true);
  private int bad;
  private int cooling;

  /** Of the groups that {@code optimizer} has now. */
  public ReduceLrOnPlateau(Optimizer optimizer) {
    groups = List.copyOf(optimizer.groups());
  }

  /** Whether a larger metric is better, such as an accuracy; PyTorch's mode {@code max}. */
  public ReduceLrOnPlateau largerIsBetter(boolean wanted) {
    largerIsBetter = wanted;
    return fresh();
  }

  /** What the rates are multiplied with; below 1. */
  public ReduceLrOnPlateau factor(double value) {
    factor = Optimizer.between("factor", value, 0, Math.nextDown(1.0));
    return this;
  }

  /** How many epochs without a better metric are let pass. */
  public ReduceLrOnPlateau patience(int epochs) {
    patience = (int) Optimizer.atLeastZero("patience", epochs);
    return this;
  }

  /** By which share of the best value a metric has to be better. */
  public ReduceLrOnPlateau relativeThreshold(double share) {
    threshold = Optimizer.atLeastZero("threshold", share);
    relative = true;
    return fresh();
  }

  /** By how much a metric has to be better. */
  public ReduceLrOnPlateau absoluteThreshold(double difference) {
    threshold = Optimizer.atLeastZero("threshold", difference);
    relative = false;
    return fresh();
  }

  /** How many epochs after a fall count for nothing. */
  public ReduceLrOnPlateau cooldown(int epochs) {
    cooldown = (int) Optimizer.atLeastZero("cooldown", epochs);
    return this;
  }

  /**
   * The least rate.
   *
   * @param rates one for all groups, or one for each
   */
  public ReduceLrOnPlateau least(double... rates) {
    if (rates.length != 1 && rates.length != groups.size()) {
      throw new IllegalArgumentException(
          "ReduceLrOnPlateau: "
              + rates.length
              + " least rates for "
              + groups.size()
              + " groups; give one, or one for each");
    }
    least = rates.clone();
    return this;
  }

  /** Falls smaller than this are left out. */
  public ReduceLrOnPlateau eps(double value) {
    eps = Optimizer.atLeastZero("eps", value);
    return this;
  }

  private ReduceLrOnPlateau fresh() {
    better = new Better(largerIsBetter, threshold, relative);
    return this;
  }

  @Override
  public void step(double metric) {
    bad = better.accept(metric) ? 0 : bad + 1;
    if (cooling > 0) {
      cooling--;
      bad = 0;
    }
    if (bad > patience) {
      for (int i = 0; i < groups.size(); i++) {
        reduce(groups.get(i), least[least.length == 1 ? 0 : i]);
      }
      cooling = cooldown;
      bad = 0;
    }
  }

  private void reduce(ParameterGroup group, double least) {
    double rate = Math.max(group.lr() * factor, least);
    if (group.lr() - rate > eps) {
      group.lr(rate);
    }
  }
}
