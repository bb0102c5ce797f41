package dev.kiln.examples.golden;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.examples.golden.GoldenCase.Input;
import dev.kiln.io.HostTensor;
import dev.kiln.optim.ClipGrad;
import dev.kiln.optim.Optimizer;
import dev.kiln.optim.ParameterGroup;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Some steps of an optimizer on {@code mean((x w + b - y)²)}, from {@code w0} and {@code b0}. */
final class OptimizerRun implements Procedure {
  @Override
  public Map<String, HostTensor> compute(GoldenCase golden, Device device)
      throws UnsupportedCaseException {
    Attributes attributes = golden.attributes();
    Tensor x = input(golden, "x").to(device);
    Tensor y = input(golden, "y").to(device);
    Tensor w = input(golden, "w0").to(device).requiresGrad(true);
    Tensor b = input(golden, "b0").to(device).requiresGrad(true);

    Attributes options = attributes.group("options");
    Optimizer optimizer = Optimizers.of(attributes.text("optimizer"), options, List.of(w));
    ParameterGroup biases = optimizer.group(List.of(b));
    Optimizers.set(options, biases);
    Attributes own = attributes.group("group_options");
    regroup(own, "w", optimizer.groups().get(0));
    regroup(own, "b", biases);
    boolean clips = !attributes.isNull("clip_grad_norm");
    double clip = clips ? attributes.number("clip_grad_norm") : Double.POSITIVE_INFINITY;

    int steps = attributes.integer("steps");
    Map<String, History> histories = new TreeMap<>();
    for (String name : List.of("losses", "w_grads", "b_grads", "w_steps", "b_steps")) {
      histories.put(name, new History(steps));
    }
    if (clips) {
      histories.put("grad_norms", new History(steps));
    }
    for (int i = 0; i < steps; i++) {
      try (Scope step = device.scope()) {
        Tensor off = x.matmul(w).add(b).sub(y);
        Tensor loss = off.mul(off).mean();
        optimizer.zeroGrad();
        loss.backward();
        add(histories, "losses", loss);
        add(histories, "w_grads", Objects.requireNonNull(w.grad()));
        add(histories, "b_grads", Objects.requireNonNull(b.grad()));
        if (clips) {
          add(histories, "grad_norms", ClipGrad.norm(List.of(w, b), clip));
        }
        optimizer.step();
        add(histories, "w_steps", w);
        add(histories, "b_steps", b);
      }
    }
    Map<String, HostTensor> results = new TreeMap<>();
    histories.forEach((name, history) -> results.put(name, history.whole()));
    return results;
  }

  private static HostTensor input(GoldenCase golden, String name) {
    Input input = golden.inputs().get(name);
    if (input == null) {
      throw new IllegalArgumentException("case.json has no input " + name);
    }
    return input.values();
  }

  private static void regroup(Attributes groups, String name, ParameterGroup group)
      throws UnsupportedCaseException {
    if (groups.has(name)) {
      Optimizers.set(groups.group(name), group);
    }
  }

  private static void add(Map<String, History> histories, String name, Tensor tensor) {
    Objects.requireNonNull(histories.get(name)).add(tensor);
  }
}
