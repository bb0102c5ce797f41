package dev.kiln.optim;

import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.backend.Stepped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parameters that share an optimizer's options. All may be changed between steps: that is all that
 * a learning-rate schedule does. Each optimizer has groups of its own kind, with its options.
 */
public abstract class ParameterGroup {
  private final List<Slot> slots = new ArrayList<>();
  private final int flatSize;

  /** What the optimizer remembers, by PyTorch's names: a flat tensor for all parameters each. */
  private final Map<String, Tensor> states = new LinkedHashMap<>();

  private double lr;
  private double weightDecay;

  ParameterGroup(List<Tensor> parameters, double lr, double weightDecay) {
    long end = 0;
    for (Tensor parameter : parameters) {
      slots.add(new Slot(parameter, (int) end));
      end += parameter.size() + Math.floorMod(-parameter.size(), Stepped.ALIGNMENT);
      if (end > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "optimizer: a group has at most 2^31 - 1 numbers; give the parameters in several");
      }
    }
    flatSize = (int) end;
    lr(lr);
    weightDecay(weightDecay);
  }

  final List<Slot> slots() {
    return slots;
  }

  /**
   * One of the flat states; on its first use every element is {@code start}. It lives as long as
   * the first parameter.
   */
  final Tensor state(String name, double start) {
    Tensor state = states.get(name);
    if (state == null) {
      Tensor first = slots.get(0).parameter;
      state = Tensor.empty(first.device(), DType.FLOAT32, Shape.of(flatSize)).livingWith(first);
      state.backend().fill(state.buffer(), (float) start);
      states.put(name, state);
    }
    return state;
  }

  final int flatSize() {
    return flatSize;
  }

  final Map<String, Tensor> states() {
    return states;
  }

  /** In the order in which they were given. */
  public final List<Tensor> parameters() {
    List<Tensor> parameters = new ArrayList<>();
    slots.forEach(slot -> parameters.add(slot.parameter));
    return parameters;
  }

  public final double lr() {
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

  public final double weightDecay() {
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

  final float decay() {
    return (float) weightDecay;
  }

  final float rate() {
    return (float) lr;
  }
}
