package dev.kiln.optim;

import dev.kiln.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Changes parameters, in place, by their gradients. One call of the backend a parameter; parameters
 * without a gradient stay as they are. Formulas and defaults are PyTorch's.
 */
public abstract class Optimizer {
  private final List<ParameterGroup> groups = new ArrayList<>();
  private final Set<Tensor> known = Collections.newSetFromMap(new IdentityHashMap<>());
  private final double lr;
  private double weightDecay;

  Optimizer(List<Tensor> parameters, double lr, double weightDecay) {
    this.lr = lr;
    this.weightDecay = weightDecay;
    group(parameters);
  }

  /**
   * Adds parameters with a learning rate or weight decay of their own: {@code
   * sgd.group(biases).weightDecay(0)}.
   *
   * @return their group, with the optimizer's own values so far
   * @throws IllegalArgumentException if there are none, one is there already, or one is no leaf
   */
  public final ParameterGroup group(List<Tensor> parameters) {
    if (parameters.isEmpty()) {
      throw new IllegalArgumentException(
          "optimizer: an empty list of parameters; does the net have any?");
    }
    for (Tensor parameter : parameters) {
      if (parameter.node() != null) {
        throw new IllegalArgumentException(
            "optimizer: " + parameter + " is an op's result, not a parameter");
      }
      if (!known.add(parameter)) {
        throw new IllegalArgumentException(
            "optimizer: " + parameter + " is given twice; a parameter has one group");
      }
    }
    ParameterGroup group = new ParameterGroup(parameters, lr, weightDecay);
    groups.add(group);
    return group;
  }

  /** What it steps, in order; the first is what it was made with. */
  public final List<ParameterGroup> groups() {
    return Collections.unmodifiableList(groups);
  }

  /** Sets the learning rate of all groups. */
  public final void lr(double rate) {
    groups.forEach(group -> group.lr(rate));
  }

  /** For the fluent setters: all groups, and those to come. */
  final void decay(double decay) {
    weightDecay = decay;
    groups.forEach(group -> group.weightDecay(decay));
  }

  /** Frees all gradients: before a backward pass, which adds to them. */
  public final void zeroGrad() {
    for (ParameterGroup group : groups) {
      for (Slot slot : group.slots()) {
        slot.parameter.clearGrad();
      }
    }
  }

  /** Changes every parameter that has a gradient. */
  public final void step() {
    for (ParameterGroup group : groups) {
      step(group);
    }
  }

  abstract void step(ParameterGroup group);

  static double atLeastZero(String what, double value) {
    return between(what, value, 0, Double.MAX_VALUE);
  }

  static double between(String what, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
      throw new IllegalArgumentException(
          "optimizer: the "
              + what
              + " is "
              + (high == Double.MAX_VALUE ? "at least " + low : "from " + low + " to " + high)
              + ", not "
              + value);
    }
    return value;
  }
}
