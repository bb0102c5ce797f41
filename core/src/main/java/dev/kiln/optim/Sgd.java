package dev.kiln.optim;

import dev.kiln.Tensor;
import dev.kiln.backend.SgdSpec;
import java.util.List;

/**
 * Stochastic gradient descent, with momentum (Polyak 1964; Sutskever et al. 2013) where asked for:
 * {@code g = gradient + weightDecay · p}, {@code v = momentum · v + (1 - dampening) · g}, {@code p
 * -= lr · v}, or with Nesterov's look ahead {@code p -= lr · (g + momentum · v)}. The first {@code
 * v} is {@code g}.
 */
public final class Sgd extends Optimizer {
  private double momentum;
  private double dampening;
  private boolean nesterov;

  /** Without momentum or weight decay. */
  public Sgd(List<Tensor> parameters, double lr) {
    super(parameters, lr, 0);
  }

  public Sgd momentum(double share) {
    momentum = atLeastZero("momentum", share);
    return this;
  }

  public Sgd dampening(double share) {
    dampening = between("dampening", share, 0, 1);
    return this;
  }

  /** Needs momentum, and no dampening. */
  public Sgd nesterov(boolean wanted) {
    nesterov = wanted;
    return this;
  }

  /** Of all groups so far and to come. */
  public Sgd weightDecay(double decay) {
    decay(decay);
    return this;
  }

  @Override
  void step(ParameterGroup group) {
    if (nesterov && (momentum == 0 || dampening != 0)) {
      throw new IllegalStateException(
          "Sgd: Nesterov needs a momentum and no dampening, not momentum "
              + momentum
              + " and dampening "
              + dampening);
    }
    SgdSpec first = spec(group, true);
    SgdSpec later = spec(group, false);
    for (Slot slot : group.slots()) {
      Tensor p = slot.parameter;
      Tensor gradient = p.grad();
      if (gradient == null) {
        continue;
      }
      Tensor velocity = slot.first;
      boolean isFirst = momentum != 0 && velocity == null;
      if (isFirst) {
        velocity = Tensor.like(p).livingWith(p);
        slot.first = velocity;
      }
      p.backend()
          .sgd(
              isFirst ? first : later,
              p.buffer(),
              gradient.buffer(),
              momentum == 0 || velocity == null ? null : velocity.buffer());
    }
  }

  private SgdSpec spec(ParameterGroup group, boolean first) {
    return new SgdSpec(
        (float) group.lr(),
        (float) momentum,
        (float) dampening,
        (float) group.weightDecay(),
        nesterov,
        first);
  }
}
