package dev.kiln.optim;

import java.util.ArrayList;
import java.util.List;

/**
 * Learning rates that follow from the number of the epoch alone. Those that the groups had when it
 * was made are the base rates; groups that come later are left alone.
 */
public abstract sealed class EpochSchedule implements LrSchedule
    permits CosineAnnealingLr, ExponentialLr, MultiStepLr, StepLr {
  private final List<ParameterGroup> groups;
  private final List<Double> base = new ArrayList<>();
  private int epoch;

  EpochSchedule(Optimizer optimizer) {
    groups = List.copyOf(optimizer.groups());
    groups.forEach(group -> base.add(group.lr()));
  }

  /** Ends an epoch and sets the rates of the next. */
  public final void step() {
    epoch(epoch + 1);
  }

  @Override
  public final void step(double metric) {
    step();
  }

  /** How many epochs have ended. */
  public final int epoch() {
    return epoch;
  }

  /** Goes to an epoch, to go on from a saved run, and sets its rates. */
  public final void epoch(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("schedule: epochs begin at 0, not " + number);
    }
    epoch = number;
    for (int i = 0; i < groups.size(); i++) {
      groups.get(i).lr(rate(base.get(i), number));
    }
  }

  /** The rate after some epochs. */
  abstract double rate(double base, int epochs);
}
