package dev.kiln.optim;

import dev.kiln.Device;
import dev.kiln.Tensor;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Stepped;
import dev.kiln.io.HostTensor;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;

/**
 * Changes parameters, in place, by their gradients: one fused call of the backend a group, however
 * many parameters it has. Parameters without a gradient stay as they are, and the step does not
 * count for them. Formulas and defaults are PyTorch's.
 *
 * <p>The setters of an optimizer are for all its groups, those of a group for it alone: {@code
 * sgd.group(biases).weightDecay(0)}.
 */
public abstract class Optimizer {
  private final List<ParameterGroup> groups = new ArrayList<>();
  private final Set<Tensor> known = Collections.newSetFromMap(new IdentityHashMap<>());

  Optimizer() {}

  /**
   * Adds parameters with options of their own, which are the optimizer's so far.
   *
   * @return their group
   * @throws IllegalArgumentException if there are none, one is there already or is no leaf, or they
   *     are on several devices
   */
  public abstract ParameterGroup group(List<Tensor> parameters);

  final void check(List<Tensor> parameters) {
    if (parameters.isEmpty()) {
      throw new IllegalArgumentException(
          "optimizer: an empty list of parameters; does the net have any?");
    }
    Set<Tensor> twice = Collections.newSetFromMap(new IdentityHashMap<>());
    twice.addAll(known);
    for (Tensor parameter : parameters) {
      if (parameter.node() != null) {
        throw new IllegalArgumentException(
            "optimizer: " + parameter + " is an op's result, not a parameter");
      }
      if (!twice.add(parameter)) {
        throw new IllegalArgumentException(
            "optimizer: " + parameter + " is given twice; a parameter has one group");
      }
      if (parameter.device() != parameters.get(0).device()) {
        throw new IllegalArgumentException(
            "optimizer: "
                + parameters.get(0)
                + " and "
                + parameter
                + " are on two devices; a group has one");
      }
    }
  }

  /** A group of checked parameters. */
  final void add(ParameterGroup group) {
    groups.add(group);
    known.addAll(group.parameters());
  }

  /** What it steps, in order; the first is what it was made with. */
  public final List<ParameterGroup> groups() {
    return Collections.unmodifiableList(groups);
  }

  /** Sets the learning rate of all groups. */
  public final void lr(double rate) {
    groups.forEach(group -> group.lr(rate));
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
      boolean counts = remembers(group);
      List<Slot> ready = new ArrayList<>(group.slots().size());
      for (Slot slot : group.slots()) {
        if (slot.parameter.grad() != null) {
          ready.add(slot);
        }
      }
      while (!ready.isEmpty()) {
        ready = step(group, ready, counts);
      }
      Reference.reachabilityFence(group);
    }
  }

  /**
   * Steps those that have taken as many steps as the first: nearly always all.
   *
   * @return the others
   */
  private List<Slot> step(ParameterGroup group, List<Slot> ready, boolean counts) {
    Slot first = ready.get(0);
    List<Slot> taken = new ArrayList<>(ready.size());
    List<Buffer> parameters = new ArrayList<>(ready.size());
    List<Buffer> gradients = new ArrayList<>(ready.size());
    List<Integer> offsets = new ArrayList<>(ready.size());
    List<Slot> others = new ArrayList<>(0);
    for (Slot slot : ready) {
      Tensor gradient = slot.parameter.grad();
      if (slot.steps != first.steps) {
        others.add(slot);
      } else if (gradient != null) {
        taken.add(slot);
        parameters.add(slot.parameter.buffer());
        gradients.add(gradient.buffer());
        offsets.add(slot.offset);
      }
    }
    Device device = first.parameter.device();
    int form = form(group);
    device.varying(
        () -> {
          checkForm(group, form);
          return counts ? count(taken, 1) : taken;
        },
        () -> count(taken, counts ? -1 : 0));
    step(device, group, () -> first.steps, new Stepped(parameters, gradients, offsets));
    return others;
  }

  private static List<Slot> count(List<Slot> taken, int more) {
    for (Slot slot : taken) {
      slot.steps += more;
    }
    return taken;
  }

  /** What a recorded step was given at first is what it goes on with: numbers aside. */
  private void checkForm(ParameterGroup group, int recorded) {
    if (form(group) != recorded) {
      throw new IllegalStateException(
          "recording: since the step was recorded, "
              + getClass().getSimpleName()
              + " has been given options by which it computes in another way: "
              + forms()
              + "; make another recording");
    }
  }

  /** Which of its ways of computing the options choose; in a recording that stays. */
  int form(ParameterGroup group) {
    return 0;
  }

  /** The options that {@link #form} looks at. */
  String forms() {
    return "";
  }

  /** Whether a step of these parameters leaves anything to remember. */
  boolean remembers(ParameterGroup group) {
    return true;
  }

  /**
   * @param steps tells how many steps these parameters have taken, with the present one
   */
  abstract void step(Device device, ParameterGroup group, IntSupplier steps, Stepped on);

  // ------------------------------------------------------------------ saving and loading

  /**
   * A copy of what it remembers, to go on later: for {@code Safetensors.write}, perhaps together
   * with the net's. Names are PyTorch's, joined by dots: {@code state.3.exp_avg} and {@code
   * state.3.step} of the fourth parameter, counted over all groups, and {@code param_groups.0.lr}.
   * Other options are the program's to give again.
   */
  public final Map<String, HostTensor> stateDict() {
    return OptimizerState.save(groups);
  }

  /**
   * Goes on from a {@link #stateDict}, of this device or another. Parameters without an entry begin
   * anew.
   *
   * @throws IllegalArgumentException if names or shapes do not fit the parameters and options: all
   *     that is missing, unexpected or of another shape; then nothing has been changed
   */
  public final void load(Map<String, HostTensor> state) {
    OptimizerState.load(this, state);
  }

  /** The names of what it remembers of a group's parameters, as its options are now. */
  abstract List<String> stateNames(ParameterGroup group);

  /** What elements of a state are before the first step. */
  double start(ParameterGroup group) {
    return 0;
  }

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
