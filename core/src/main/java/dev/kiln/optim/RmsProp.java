package dev.kiln.optim;

import dev.kiln.Device;
import dev.kiln.Tensor;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.RmspropSpec;
import dev.kiln.backend.Stepped;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * RMSprop (Hinton 2012): the gradient over the root of its running mean square: {@code p -= lr · g
 * / (sqrt(squares) + eps)}. Centered, it is over the gradient's standard deviation (Graves 2013);
 * with momentum, steps gather speed. Unless told: alpha 0.99, eps 1e-8, not centered, neither
 * momentum nor weight decay. PyTorch's lr is 0.01.
 *
 * <p>A variance that rounding makes negative counts as 0, where PyTorch's root is NaN.
 */
public final class RmsProp extends Optimizer {
  private static final String SQUARES = "square_avg";
  private static final String MEAN = "grad_avg";
  private static final String VELOCITY = "momentum_buffer";

  private final Group defaults;

  public RmsProp(List<Tensor> parameters, double lr) {
    defaults = new Group(lr);
    group(parameters);
  }

  @Override
  public Group group(List<Tensor> parameters) {
    check(parameters);
    Group group = new Group(parameters, defaults);
    add(group);
    return group;
  }

  private RmsProp all(Consumer<Group> change) {
    change.accept(defaults);
    groups().forEach(group -> change.accept((Group) group));
    return this;
  }

  /** How much of the running means is kept from step to step. */
  public RmsProp alpha(double share) {
    return all(group -> group.alpha(share));
  }

  /** What is added to the root. */
  public RmsProp eps(double value) {
    return all(group -> group.eps(value));
  }

  public RmsProp momentum(double share) {
    return all(group -> group.momentum(share));
  }

  /** Whether to take the square of the mean gradient off. */
  public RmsProp centered(boolean wanted) {
    return all(group -> group.centered(wanted));
  }

  public RmsProp weightDecay(double decay) {
    return all(group -> group.weightDecay(decay));
  }

  /** Parameters with options of their own. */
  public static final class Group extends ParameterGroup {
    private double alpha = 0.99;
    private double eps = 1e-8;
    private double momentum;
    private boolean centered;

    private Group(double lr) {
      super(List.of(), lr, 0);
    }

    private Group(List<Tensor> parameters, Group like) {
      super(parameters, like.lr(), like.weightDecay());
      alpha = like.alpha;
      eps = like.eps;
      momentum = like.momentum;
      centered = like.centered;
    }

    /** How much of the running means is kept from step to step. */
    public Group alpha(double share) {
      alpha = between("alpha", share, 0, 1);
      return this;
    }

    /** What is added to the root. */
    public Group eps(double value) {
      eps = atLeastZero("eps", value);
      return this;
    }

    public Group momentum(double share) {
      momentum = atLeastZero("momentum", share);
      return this;
    }

    /** Whether to take the square of the mean gradient off. */
    public Group centered(boolean wanted) {
      centered = wanted;
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
  int form(ParameterGroup of) {
    Group group = (Group) of;
    return (group.momentum != 0 ? 1 : 0) + (group.centered ? 2 : 0);
  }

  @Override
  String forms() {
    return "momentum from or to 0, or centered";
  }

  @Override
  List<String> stateNames(ParameterGroup of) {
    Group group = (Group) of;
    List<String> names = new ArrayList<>(List.of(SQUARES));
    if (group.centered) {
      names.add(MEAN);
    }
    if (group.momentum != 0) {
      names.add(VELOCITY);
    }
    return names;
  }

  @Override
  void step(Device device, ParameterGroup of, IntSupplier steps, Stepped on) {
    Group group = (Group) of;
    Buffer squares = group.state(SQUARES, 0).buffer();
    Buffer mean = group.centered ? group.state(MEAN, 0).buffer() : null;
    Buffer velocity = group.momentum != 0 ? group.state(VELOCITY, 0).buffer() : null;
    device
        .varying(() -> spec(group))
        .call((backend, spec) -> backend.rmsprop(spec, on, squares, mean, velocity));
  }

  private static RmspropSpec spec(Group group) {
    return new RmspropSpec(
        group.rate(),
        (float) group.alpha,
        (float) (1 - group.alpha),
        (float) group.eps,
        (float) group.momentum,
        group.decay());
  }
}
