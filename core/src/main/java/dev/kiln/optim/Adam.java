package dev.kiln.optim;

import dev.kiln.Device;
import dev.kiln.Tensor;
import dev.kiln.backend.AdamSpec;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Stepped;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Adam (Kingma and Ba 2015, algorithm 1): steps the size of the learning rate, in the direction of
 * the mean gradient over its root mean square. Weight decay is added to the gradient; {@link AdamW}
 * takes it off the parameter. Unless told: betas 0.9 and 0.999, eps 1e-8, no weight decay.
 */
public sealed class Adam extends Optimizer permits AdamW {
  private static final String FIRST = "exp_avg";
  private static final String SECOND = "exp_avg_sq";
  private static final String MAXIMUM = "max_exp_avg_sq";

  private final boolean decoupled;
  private final Group defaults;

  public Adam(List<Tensor> parameters, double lr) {
    this(parameters, lr, 0, false);
  }

  Adam(List<Tensor> parameters, double lr, double weightDecay, boolean decoupled) {
    this.decoupled = decoupled;
    defaults = new Group(lr, weightDecay);
    group(parameters);
  }

  @Override
  public final Group group(List<Tensor> parameters) {
    check(parameters);
    Group group = new Group(parameters, defaults);
    add(group);
    return group;
  }

  private Adam all(Consumer<Group> change) {
    change.accept(defaults);
    groups().forEach(group -> change.accept((Group) group));
    return this;
  }

  /** How much of the mean gradient and of its mean square is kept from step to step. */
  public final Adam betas(double mean, double meanSquare) {
    return all(group -> group.betas(mean, meanSquare));
  }

  /** What is added to the root mean square. */
  public final Adam eps(double value) {
    return all(group -> group.eps(value));
  }

  public final Adam weightDecay(double decay) {
    return all(group -> group.weightDecay(decay));
  }

  /** Whether to divide by the largest mean square so far (Reddi, Kale and Kumar 2018). */
  public final Adam amsgrad(boolean wanted) {
    return all(group -> group.amsgrad(wanted));
  }

  /** Parameters with options of their own. */
  public static final class Group extends ParameterGroup {
    private static final double BELOW_ONE = Math.nextDown(1.0);

    private Powers beta1 = new Powers(0.9);
    private Powers beta2 = new Powers(0.999);
    private double eps = 1e-8;
    private boolean amsgrad;

    private Group(double lr, double weightDecay) {
      super(List.of(), lr, weightDecay);
    }

    private Group(List<Tensor> parameters, Group like) {
      super(parameters, like.lr(), like.weightDecay());
      beta1 = like.beta1;
      beta2 = like.beta2;
      eps = like.eps;
      amsgrad = like.amsgrad;
    }

    /** How much of the mean gradient and of its mean square is kept from step to step. */
    public Group betas(double mean, double meanSquare) {
      beta1 = new Powers(between("first beta", mean, 0, BELOW_ONE));
      beta2 = new Powers(between("second beta", meanSquare, 0, BELOW_ONE));
      return this;
    }

    /** What is added to the root mean square. */
    public Group eps(double value) {
      eps = atLeastZero("eps", value);
      return this;
    }

    /** Whether to divide by the largest mean square so far. */
    public Group amsgrad(boolean wanted) {
      amsgrad = wanted;
      return this;
    }

    @Override
    public Group lr(double rate) {
      super.lr(rate);
      return this;
    }

    @Override
    public Group weightDecay(double decay) {
      super.weightDecay(decay);
      return this;
    }
  }

  @Override
  final int form(ParameterGroup group) {
    return ((Group) group).amsgrad ? 1 : 0;
  }

  @Override
  final String forms() {
    return "amsgrad";
  }

  @Override
  final List<String> stateNames(ParameterGroup group) {
    return ((Group) group).amsgrad ? List.of(FIRST, SECOND, MAXIMUM) : List.of(FIRST, SECOND);
  }

  @Override
  final void step(Device device, ParameterGroup of, IntSupplier steps, Stepped on) {
    Group group = (Group) of;
    Buffer m = group.state(FIRST, 0).buffer();
    Buffer v = group.state(SECOND, 0).buffer();
    Buffer maximum = group.amsgrad ? group.state(MAXIMUM, 0).buffer() : null;
    device
        .varying(() -> spec(group, steps.getAsInt()))
        .call((backend, spec) -> backend.adam(spec, on, m, v, maximum));
  }

  private AdamSpec spec(Group group, int steps) {
    // in double: 1 - beta^t loses digits in float
    return new AdamSpec(
        (float) group.beta1.base(),
        (float) (1 - group.beta1.base()),
        (float) group.beta2.base(),
        (float) (1 - group.beta2.base()),
        (float) group.eps,
        decoupled ? 0 : group.decay(),
        decoupled ? (float) (1 - group.lr() * group.weightDecay()) : 1,
        (float) (group.lr() / (1 - group.beta1.of(steps))),
        (float) Math.sqrt(1 - group.beta2.of(steps)));
  }
}
