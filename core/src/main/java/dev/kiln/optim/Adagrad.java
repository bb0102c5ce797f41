package dev.kiln.optim;

import dev.kiln.Device;
import dev.kiln.Tensor;
import dev.kiln.backend.AdagradSpec;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Stepped;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Adagrad (Duchi, Hazan and Singer 2011): each number's learning rate falls with the sum of its
 * squared gradients: {@code sum += g²}, {@code p -= lr · g / (sqrt(sum) + eps)}. Unless told: eps
 * 1e-10, no decay of rate or weight, sums that begin at 0. PyTorch's lr is 0.01.
 */
public final class Adagrad extends Optimizer {
  private static final String SUM = "sum";

  private final Group defaults;

  public Adagrad(List<Tensor> parameters, double lr) {
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

  private Adagrad all(Consumer<Group> change) {
    change.accept(defaults);
    groups().forEach(group -> change.accept((Group) group));
    return this;
  }

  /** The rate of step t, counted from 0, is {@code lr / (1 + t · decay)}. */
  public Adagrad lrDecay(double decay) {
    return all(group -> group.lrDecay(decay));
  }

  /** What is added to the root of the sum. */
  public Adagrad eps(double value) {
    return all(group -> group.eps(value));
  }

  /** Where the sums begin; to be set before the first step. */
  public Adagrad initialAccumulator(double value) {
    return all(group -> group.initialAccumulator(value));
  }

  public Adagrad weightDecay(double decay) {
    return all(group -> group.weightDecay(decay));
  }

  /** Parameters with options of their own. */
  public static final class Group extends ParameterGroup {
    private double lrDecay;
    private double eps = 1e-10;
    private double initial;

    private Group(double lr) {
      super(List.of(), lr, 0);
    }

    private Group(List<Tensor> parameters, Group like) {
      super(parameters, like.lr(), like.weightDecay());
      lrDecay = like.lrDecay;
      eps = like.eps;
      initial = like.initial;
    }

    /** The rate of step t, counted from 0, is {@code lr / (1 + t · decay)}. */
    public Group lrDecay(double decay) {
      lrDecay = atLeastZero("lr decay", decay);
      return this;
    }

    /** What is added to the root of the sum. */
    public Group eps(double value) {
      eps = atLeastZero("eps", value);
      return this;
    }

    /** Where the sums begin; to be set before the first step. */
    public Group initialAccumulator(double value) {
      initial = atLeastZero("initial accumulator", value);
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
  List<String> stateNames(ParameterGroup group) {
    return List.of(SUM);
  }

  @Override
  double start(ParameterGroup group) {
    return ((Group) group).initial;
  }

  @Override
  void step(Device device, ParameterGroup of, IntSupplier steps, Stepped on) {
    Group group = (Group) of;
    Buffer sum = group.state(SUM, group.initial).buffer();
    device
        .varying(() -> spec(group, steps.getAsInt()))
        .call((backend, spec) -> backend.adagrad(spec, on, sum));
  }

  private static AdagradSpec spec(Group group, int steps) {
    double lr = group.lr() / (1 + (steps - 1) * group.lrDecay);
    return new AdagradSpec((float) lr, (float) group.eps, group.decay());
  }
}
