package dev.kiln.optim;

import dev.kiln.Device;
import dev.kiln.Tensor;
import dev.kiln.backend.AdadeltaSpec;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Stepped;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Adadelta (Zeiler 2012): steps as large as recent steps were, over the size of recent gradients:
 * {@code move = sqrt(moves + eps) / sqrt(squares + eps) · g}, {@code p -= lr · move}, where squares
 * and moves are running means of {@code g²} and {@code move²}. Unless told: rho 0.9, eps 1e-6, no
 * weight decay. PyTorch's lr, and the paper's, is 1.
 */
public final class Adadelta extends Optimizer {
  private static final String SQUARES = "square_avg";
  private static final String MOVES = "acc_delta";

  private final Group defaults;

  public Adadelta(List<Tensor> parameters, double lr) {
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

  private Adadelta all(Consumer<Group> change) {
    change.accept(defaults);
    groups().forEach(group -> change.accept((Group) group));
    return this;
  }

  /** How much of the running means is kept from step to step. */
  public Adadelta rho(double share) {
    return all(group -> group.rho(share));
  }

  /** What is added below both roots. */
  public Adadelta eps(double value) {
    return all(group -> group.eps(value));
  }

  public Adadelta weightDecay(double decay) {
    return all(group -> group.weightDecay(decay));
  }

  /** Parameters with options of their own. */
  public static final class Group extends ParameterGroup {
    private double rho = 0.9;
    private double eps = 1e-6;

    private Group(double lr) {
      super(List.of(), lr, 0);
    }

    private Group(List<Tensor> parameters, Group like) {
      super(parameters, like.lr(), like.weightDecay());
      rho = like.rho;
      eps = like.eps;
    }

    /** How much of the running means is kept from step to step. */
    public Group rho(double share) {
      rho = between("rho", share, 0, 1);
      return this;
    }

    /** What is added below both roots. */
    public Group eps(double value) {
      eps = atLeastZero("eps", value);
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
    return List.of(SQUARES, MOVES);
  }

  @Override
  void step(Device device, ParameterGroup of, IntSupplier steps, Stepped on) {
    Group group = (Group) of;
    Buffer squares = group.state(SQUARES, 0).buffer();
    Buffer moves = group.state(MOVES, 0).buffer();
    device
        .varying(() -> spec(group))
        .call((backend, spec) -> backend.adadelta(spec, on, squares, moves));
  }

  private static AdadeltaSpec spec(Group group) {
    return new AdadeltaSpec(
        group.rate(), (float) group.rho, (float) (1 - group.rho), (float) group.eps, group.decay());
  }
}
