package dev.kiln.optim;

import dev.kiln.Tensor;
import dev.kiln.backend.AdamSpec;
import java.util.List;

/**
 * Adam (Kingma and Ba 2015, algorithm 1): steps the size of the learning rate, in the direction of
 * the mean gradient over its root mean square. Weight decay is added to the gradient; {@link AdamW}
 * takes it off the parameter. Unless told: betas 0.9 and 0.999, eps 1e-8, no weight decay.
 */
public sealed class Adam extends Optimizer permits AdamW {
  private final boolean decoupled;
  private double beta1 = 0.9;
  private double beta2 = 0.999;
  private double eps = 1e-8;
  private boolean amsgrad;

  public Adam(List<Tensor> parameters, double lr) {
    this(parameters, lr, 0, false);
  }

  Adam(List<Tensor> parameters, double lr, double weightDecay, boolean decoupled) {
    super(parameters, lr, weightDecay);
    this.decoupled = decoupled;
  }

  /** How much of the mean gradient and of its mean square is kept from step to step. */
  public Adam betas(double mean, double meanSquare) {
    beta1 = between("first beta", mean, 0, BELOW_ONE);
    beta2 = between("second beta", meanSquare, 0, BELOW_ONE);
    return this;
  }

  /** What is added to the root mean square. */
  public Adam eps(double value) {
    eps = atLeastZero("eps", value);
    return this;
  }

  /** Of all groups so far and to come. */
  public Adam weightDecay(double decay) {
    decay(decay);
    return this;
  }

  /** Whether to divide by the largest mean square so far (Reddi, Kale and Kumar 2018). */
  public Adam amsgrad(boolean wanted) {
    amsgrad = wanted;
    return this;
  }

  private static final double BELOW_ONE = Math.nextDown(1.0);

  @Override
  final void step(ParameterGroup group) {
    AdamSpec spec = null;
    int specSteps = 0;
    for (Slot slot : group.slots()) {
      Tensor p = slot.parameter;
      Tensor gradient = p.grad();
      if (gradient == null) {
        continue;
      }
      slot.steps++;
      if (spec == null || specSteps != slot.steps) {
        specSteps = slot.steps;
        spec = spec(group, specSteps);
      }
      Tensor first = slot.orZeros(slot.first);
      Tensor second = slot.orZeros(slot.second);
      Tensor maximum = amsgrad ? slot.orZeros(slot.maximum) : null;
      slot.first = first;
      slot.second = second;
      slot.maximum = maximum;
      p.backend()
          .adam(
              spec,
              p.buffer(),
              gradient.buffer(),
              first.buffer(),
              second.buffer(),
              maximum == null ? null : maximum.buffer());
    }
  }

  /** The bias corrections are taken in double: {@code 1 - beta^t} loses digits in float. */
  private AdamSpec spec(ParameterGroup group, int steps) {
    return new AdamSpec(
        (float) group.lr(),
        (float) beta1,
        (float) beta2,
        (float) eps,
        (float) group.weightDecay(),
        decoupled,
        (float) (group.lr() / (1 - Math.pow(beta1, steps))),
        (float) Math.sqrt(1 - Math.pow(beta2, steps)));
  }
}
