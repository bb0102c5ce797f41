package dev.kiln.optim;

import dev.kiln.Device;
import dev.kiln.Tensor;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.SgdSpec;
import dev.kiln.backend.Stepped;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Stochastic gradient descent, with momentum (Polyak 1964; Sutskever et al. 2013) where asked for:
 * {@code g = gradient + weightDecay · p}, {@code v = momentum · v + (1 - dampening) · g}, {@code p
 * -= lr · v}, or with Nesterov's look ahead {@code p -= lr · (g + momentum · v)}. The first {@code
 * v} is {@code g}.
 */
public final class Sgd extends Optimizer {
  private static final String VELOCITY = "momentum_buffer";

  private final Group defaults;

  /** Without momentum or weight decay. */
  public Sgd(List<Tensor> parameters, double lr) {
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

  private Sgd all(Consumer<Group> change) {
    change.accept(defaults);
    groups().forEach(group -> change.accept((Group) group));
    return this;
  }

  public Sgd momentum(double share) {
    return all(group -> group.momentum(share));
  }

  public Sgd dampening(double share) {
    return all(group -> group.dampening(share));
  }

  /** Needs momentum, and no dampening. */
  public Sgd nesterov(boolean wanted) {
    return all(group -> group.nesterov(wanted));
  }

  public Sgd weightDecay(double decay) {
    return all(group -> group.weightDecay(decay));
  }

  /** Parameters with a momentum of their own. */
  public static final class Group extends ParameterGroup {
    private double momentum;
    private double dampening;
    private boolean nesterov;

    private Group(double lr) {
      super(List.of(), lr, 0);
    }

    private Group(List<Tensor> parameters, Group like) {
      super(parameters, like.lr(), like.weightDecay());
      momentum = like.momentum;
      dampening = like.dampening;
      nesterov = like.nesterov;
    }

    public Group momentum(double share) {
      momentum = atLeastZero("momentum", share);
      return this;
    }

    public Group dampening(double share) {
      dampening = between("dampening", share, 0, 1);
      return this;
    }

    /** Needs momentum, and no dampening. */
    public Group nesterov(boolean wanted) {
      nesterov = wanted;
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
  boolean remembers(ParameterGroup group) {
    return ((Group) group).momentum != 0;
  }

  @Override
  int form(ParameterGroup of) {
    Group group = (Group) of;
    return (group.momentum != 0 ? 1 : 0) + (group.nesterov ? 2 : 0);
  }

  @Override
  String forms() {
    return "momentum from or to 0, or nesterov";
  }

  @Override
  List<String> stateNames(ParameterGroup group) {
    return remembers(group) ? List.of(VELOCITY) : List.of();
  }

  @Override
  void step(Device device, ParameterGroup of, IntSupplier steps, Stepped on) {
    Group group = (Group) of;
    if (group.nesterov && (group.momentum == 0 || group.dampening != 0)) {
      throw new IllegalStateException(
          "Sgd: Nesterov needs a momentum and no dampening, not momentum "
              + group.momentum
              + " and dampening "
              + group.dampening);
    }
    Buffer velocity = group.momentum == 0 ? null : group.state(VELOCITY, 0).buffer();
    device
        .varying(() -> spec(group, steps.getAsInt() == 1))
        .call((backend, spec) -> backend.sgd(spec, on, velocity));
  }

  private static SgdSpec spec(Group group, boolean first) {
    return new SgdSpec(
        group.rate(),
        (float) group.momentum,
        first ? 1 : (float) (1 - group.dampening),
        group.decay(),
        group.nesterov,
        first);
  }
}
