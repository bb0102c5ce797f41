package dev.kiln.optim;

import dev.kiln.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Parameters that share a learning rate and a weight decay. Both may be changed between steps: that
 * is all that a learning-rate schedule does.
 */
public final class ParameterGroup {
  private final List<Slot> slots = new ArrayList<>();
  private double lr;
  private double weightDecay;

  ParameterGroup(List<Tensor> parameters, double lr, double weightDecay) {
    for (Tensor parameter : parameters) {
      slots.add(new Slot(parameter));
    }
    lr(lr);
    weightDecay(weightDecay);
  }

  List<Slot> slots() {
    return slots;
  }

  /** In the order in which they were given. */
  public List<Tensor> parameters() {
    List<Tensor> parameters = new ArrayList<>();
    slots.forEach(slot -> parameters.add(slot.parameter));
    return parameters;
  }

  public double lr() {
    return lr;
  }

  /**
   * Sets the learning rate.
   *
   * @return this
   */
  public ParameterGroup lr(double rate) {
    lr = Optimizer.atLeastZero("lr", rate);
    return this;
  }

  public double weightDecay() {
    return weightDecay;
  }

  /**
   * Sets the weight decay.
   *
   * @return this
   */
  public ParameterGroup weightDecay(double decay) {
    weightDecay = Optimizer.atLeastZero("weight decay", decay);
    return this;
  }
}
