package dev.kiln.optim;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rate rises in equal steps from a share of the base rate to the whole (Goyal et al. 2017), and
 * then another schedule begins: {@code new LinearWarmup(adam, 5, 0.1, new StepLr(adam, 30, 0.1))}.
 */
public final class LinearWarmup implements LrSchedule {
  private final List<ParameterGroup> groups;
  private final List<Double> base = new ArrayList<>();
  private final int epochs;
  private final double start;
  private final @Nullable LrSchedule next;
  private int epoch;

  /**
   * Warms up, and stays at the base rate.
   *
   * @param epochs how many steps the rise has
   * @param start the share at the beginning, from 0 to 1
   */
  public LinearWarmup(Optimizer optimizer, int epochs, double start) {
    this(optimizer, epochs, start, null);
  }

  /**
   * Warms up and goes on with {@code next}, which was made before, with the base rates.
   *
   * @param epochs how many steps the rise has
   * @param start the share at the beginning, from 0 to 1
   */
  public LinearWarmup(Optimizer optimizer, int epochs, double start, @Nullable LrSchedule next) {
    this.epochs = (int) Optimizer.between("length of the warm-up", epochs, 1, Integer.MAX_VALUE);
    this.start = Optimizer.between("start of the warm-up", start, 0, 1);
    this.next = next;
    groups = List.copyOf(optimizer.groups());
    groups.forEach(group -> base.add(group.lr()));
    set();
  }

  private void set() {
    double share = start + (1 - start) * epoch / epochs;
    for (int i = 0; i < groups.size(); i++) {
      groups.get(i).lr(base.get(i) * share);
    }
  }

  @Override
  public void step(double metric) {
    if (epoch < epochs) {
      epoch++;
      set();
    } else if (next != null) {
      next.step(metric);
    }
  }
}
