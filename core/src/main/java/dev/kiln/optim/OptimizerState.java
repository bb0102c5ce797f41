package dev.kiln.optim;

import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.io.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/** What optimizers remember, out of and back into their flat states. */
final class OptimizerState {
  private OptimizerState() {}

  static Map<String, HostTensor> save(List<ParameterGroup> groups) {
    Map<String, HostTensor> state = new LinkedHashMap<>();
    int number = 0;
    for (int i = 0; i < groups.size(); i++) {
      ParameterGroup group = groups.get(i);
      state.put(rate(i), HostTensor.of(new float[] {(float) group.lr()}));
      Map<String, float[]> flats = new LinkedHashMap<>();
      group.states().forEach((name, flat) -> flats.put(name, flat.toFloats()));
      for (Slot slot : group.slots()) {
        int parameter = number++;
        if (slot.steps > 0) {
          state.put(name(parameter, "step"), HostTensor.of(new int[] {slot.steps}));
          flats.forEach(
              (name, flat) -> {
                float[] values = new float[slot.parameter.size()];
                System.arraycopy(flat, slot.offset, values, 0, values.length);
                state.put(
                    name(parameter, name), HostTensor.of(values, slot.parameter.shape().toArray()));
              });
        }
      }
    }
    return state;
  }

  private static String rate(int group) {
    return "param_groups." + group + ".lr";
  }

  private static String name(int parameter, String state) {
    return "state." + parameter + "." + state;
  }

  static void load(Optimizer optimizer, Map<String, HostTensor> state) {
    List<String> problems = new ArrayList<>();
    Set<String> expected = new HashSet<>();
    List<Runnable> changes = new ArrayList<>();
    List<ParameterGroup> groups = optimizer.groups();
    int number = 0;
    for (int i = 0; i < groups.size(); i++) {
      ParameterGroup group = groups.get(i);
      expected.add(rate(i));
      HostTensor lr = state.get(rate(i));
      if (lr != null && fits(rate(i), lr, DType.FLOAT32, Shape.scalar(), problems)) {
        // the decimal number that was meant: 0.1f is 0.1
        changes.add(() -> group.lr(Double.parseDouble(Float.toString(lr.floats()[0]))));
      }
      Map<String, float[]> flats = new LinkedHashMap<>();
      for (String name : optimizer.stateNames(group)) {
        float[] flat = new float[group.flatSize()];
        Arrays.fill(flat, (float) optimizer.start(group));
        flats.put(name, flat);
      }
      for (Slot slot : group.slots()) {
        readSlot(number++, slot, flats, state, expected, problems, changes);
      }
      changes.add(() -> flats.forEach((name, flat) -> group.state(name, 0).write(flat)));
    }
    state.forEach(
        (name, given) -> {
          if (!expected.contains(name)) {
            problems.add("unexpected " + name + " " + given.shape());
          }
        });
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "load: the state does not fit the optimizer: " + String.join("; ", problems));
    }
    changes.forEach(Runnable::run);
  }

  /** A parameter has all its states, or none and begins anew. */
  private static void readSlot(
      int number,
      Slot slot,
      Map<String, float[]> flats,
      Map<String, HostTensor> state,
      Set<String> expected,
      List<String> problems,
      List<Runnable> changes) {
    Shape shape = slot.parameter.shape();
    String stepName = name(number, "step");
    HostTensor step = state.get(stepName);
    boolean any = step != null;
    for (String name : flats.keySet()) {
      any |= state.containsKey(name(number, name));
    }
    expected.add(stepName);
    flats.forEach((name, flat) -> expected.add(name(number, name)));
    IntConsumer steps = value -> changes.add(() -> slot.steps = value);
    if (!any) {
      steps.accept(0);
      return;
    }
    flats.forEach(
        (name, flat) -> {
          HostTensor given = state.get(name(number, name));
          if (given == null) {
            problems.add("missing " + name(number, name) + " " + shape);
          } else if (fits(name(number, name), given, DType.FLOAT32, shape, problems)) {
            System.arraycopy(given.floats(), 0, flat, slot.offset, given.size());
          }
        });
    if (step == null) {
      steps.accept(1); // PyTorch's SGD and Adadelta do not count
    } else if (step.size() != 1) {
      problems.add(stepName + " is " + step.shape() + " and should be one number");
    } else {
      steps.accept(step.dtype() == DType.INT32 ? step.ints()[0] : (int) step.floats()[0]);
    }
  }

  private static boolean fits(
      String name, HostTensor given, DType dtype, Shape shape, List<String> problems) {
    boolean fits = given.dtype() == dtype && given.shape().equals(shape);
    if (!fits) {
      problems.add(
          "%s is %s %s and should be %s %s"
              .formatted(name, given.dtype(), given.shape(), dtype, shape));
    }
    return fits;
  }
}
