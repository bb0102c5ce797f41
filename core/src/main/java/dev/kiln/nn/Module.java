package dev.kiln.nn;

import dev.kiln.DType;
import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.io.HostTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A layer or a whole net: parameters, children, and a forward pass. One's own declares what it has
 * in its fields and computes in {@link #forward}:
 *
 * <pre>{@code
 * final class Residual extends Module {
 *   private final Conv2d conv = child("conv", new Conv2d(8, 8, 3).padding(1));
 *   private final Parameter gain = parameter("gain", Init.ones(), 8, 1, 1);
 *
 *   @Override
 *   public Tensor forward(Tensor x) {
 *     return conv.forward(x).mul(gain.tensor()).add(x);
 *   }
 * }
 * }</pre>
 *
 * <p>Names are PyTorch's: those of children and parameters, joined by dots, such as {@code
 * conv.weight}. Values are drawn, in the order of declaration, when the module is moved {@link #to}
 * a device; they live in the scope that is open then.
 *
 * <p>Java has a {@code Module} of its own that every file sees: import this one by its name.
 */
public abstract class Module {
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, Counter> counters = new LinkedHashMap<>();
  private final Map<String, Module> children = new LinkedHashMap<>();
  private @Nullable Generator generator;
  private boolean training = true;

  /** What it makes of its input; the layers say which shapes they take. */
  public abstract Tensor forward(Tensor x);

  // ------------------------------------------------------------------ declaring

  /** Declares a parameter to be trained. */
  protected final Parameter parameter(String name, Init init, int... shape) {
    return declare(name, init, true, shape);
  }

  /** Declares a tensor that is saved and moved with the module but not trained. */
  protected final Parameter buffer(String name, Init init, int... shape) {
    return declare(name, init, false, shape);
  }

  private Parameter declare(String name, Init init, boolean trained, int... shape) {
    checkName(name);
    Parameter parameter =
        new Parameter(getClass().getSimpleName(), name, Shape.of(shape), init, trained);
    parameters.put(name, parameter);
    return parameter;
  }

  /** Declares a module inside this one. */
  protected final <M extends Module> M child(String name, M module) {
    checkName(name);
    children.put(name, module);
    return module;
  }

  final Counter counter(String name) {
    checkName(name);
    Counter counter = new Counter();
    counters.put(name, counter);
    return counter;
  }

  /** Takes declarations back, for options that change them. */
  final void withdraw(String option, String... names) {
    for (String name : names) {
      Parameter parameter = parameters.remove(name);
      counters.remove(name);
      if (parameter != null && parameter.isPlaced()) {
        throw new IllegalStateException(
            getClass().getSimpleName() + ": choose " + option + " before to(device)");
      }
    }
  }

  private void checkName(String name) {
    if (name.isEmpty() || name.indexOf('.') >= 0) {
      throw new IllegalArgumentException(
          getClass().getSimpleName() + ": \"" + name + "\" is no name: empty, or with a dot in it");
    }
    if (parameters.containsKey(name) || counters.containsKey(name) || children.containsKey(name)) {
      throw new IllegalArgumentException(
          getClass().getSimpleName() + ": \"" + name + "\" is declared twice");
    }
  }

  // ------------------------------------------------------------------ where it lives

  /**
   * Moves it to a device. Parameters without values get them from a generator with seed 0, unless
   * an earlier call gave another. On another device the parameters are other tensors: make
   * optimizers after the move.
   *
   * @return this
   */
  public final Module to(Device device) {
    return to(device, generator == null ? new Generator(0) : generator);
  }

  /**
   * Moves it to a device.
   *
   * @param numbers where parameters without values get them and dropout its masks
   * @return this
   */
  public final Module to(Device device, Generator numbers) {
    generator = numbers;
    parameters.values().forEach(parameter -> parameter.to(device, numbers));
    children.values().forEach(child -> child.to(device, numbers));
    return this;
  }

  /**
   * Where dropout draws from.
   *
   * @throws IllegalStateException if it has not been moved to a device
   */
  protected final Generator generator() {
    if (generator == null) {
      throw new IllegalStateException(
          getClass().getSimpleName()
              + ": has no generator; call to(device) on the whole net first");
    }
    return generator;
  }

  // ------------------------------------------------------------------ how it behaves

  /** Dropout drops and batch norm uses its batch's statistics: how a module begins. */
  public final Module train() {
    return train(true);
  }

  /** Dropout passes everything and batch norm uses its running statistics. */
  public final Module eval() {
    return train(false);
  }

  private Module train(boolean on) {
    training = on;
    children.values().forEach(child -> child.train(on));
    return this;
  }

  public final boolean isTraining() {
    return training;
  }

  // ------------------------------------------------------------------ what it has

  /** What is trained, for an optimizer; a parameter that several modules share comes once. */
  public final List<Tensor> parameters() {
    Set<Parameter> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Tensor> tensors = new ArrayList<>();
    visit(
        "",
        (name, parameter) -> {
          if (parameter.isTrained() && seen.add(parameter)) {
            tensors.add(parameter.tensor());
          }
        },
        (name, counter) -> {});
    return tensors;
  }

  /** What is trained, by name. */
  public final Map<String, Tensor> namedParameters() {
    Map<String, Tensor> named = new LinkedHashMap<>();
    visit(
        "",
        (name, parameter) -> {
          if (parameter.isTrained()) {
            named.put(name, parameter.tensor());
          }
        },
        (name, counter) -> {});
    return named;
  }

  private void visit(
      String prefix,
      BiConsumer<String, Parameter> eachParameter,
      BiConsumer<String, Counter> eachCounter) {
    parameters.forEach((name, parameter) -> eachParameter.accept(prefix + name, parameter));
    counters.forEach((name, counter) -> eachCounter.accept(prefix + name, counter));
    children.forEach((name, child) -> child.visit(prefix + name + ".", eachParameter, eachCounter));
  }

  // ------------------------------------------------------------------ saving and loading

  /**
   * A copy of all its values, buffers included, by PyTorch's names: what {@code Safetensors.write}
   * takes. Training on does not change it.
   */
  public final Map<String, HostTensor> stateDict() {
    Map<String, HostTensor> state = new LinkedHashMap<>();
    visit(
        "",
        (name, parameter) -> state.put(name, HostTensor.of(parameter.tensor())),
        (name, counter) -> state.put(name, HostTensor.of(new int[] {counter.value})));
    return state;
  }

  /**
   * Takes over the values of a {@link #stateDict}, of this device or another. Counters ({@code
   * num_batches_tracked}) may be missing.
   *
   * @throws IllegalArgumentException if names or shapes differ: all that are missing, unexpected or
   *     of another shape; then nothing has been changed
   */
  public final void load(Map<String, HostTensor> state) {
    Map<String, Parameter> wanted = new LinkedHashMap<>();
    Map<String, Counter> optional = new LinkedHashMap<>();
    visit("", wanted::put, optional::put);
    List<String> problems = new ArrayList<>();
    wanted.forEach(
        (name, parameter) -> {
          HostTensor given = state.get(name);
          if (given == null) {
            problems.add("missing " + name + " " + parameter.shape());
          } else if (!given.shape().equals(parameter.shape()) || given.dtype() != DType.FLOAT32) {
            problems.add(
                name
                    + " is "
                    + given.dtype()
                    + " "
                    + given.shape()
                    + " and should be float32 "
                    + parameter.shape());
          }
        });
    state.forEach(
        (name, given) -> {
          if (optional.containsKey(name)) {
            if (given.dtype() != DType.INT32 || given.size() != 1) {
              problems.add(name + " is " + given + " and should be one int32");
            }
          } else if (!wanted.containsKey(name)) {
            problems.add("unexpected " + name + " " + given.shape());
          }
        });
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "load: the state does not fit the module: " + String.join("; ", problems));
    }
    state.forEach(
        (name, given) -> {
          Parameter parameter = wanted.get(name);
          if (parameter != null) {
            parameter.tensor().write(given.floats());
          }
          Counter counter = optional.get(name);
          if (counter != null) {
            counter.value = given.ints()[0];
          }
        });
  }

  /** The module's own line, then its children, indented. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(describe());
    if (!children.isEmpty()) {
      text.append('(');
      children.forEach(
          (name, child) ->
              text.append("\n  (")
                  .append(name)
                  .append("): ")
                  .append(child.toString().replace("\n", "\n  ")));
      text.append("\n)");
    }
    return text.toString();
  }

  /** What {@link #toString} calls it: the class, and the options of a layer. */
  protected String describe() {
    return getClass().getSimpleName();
  }
}
