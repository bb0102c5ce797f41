package dev.kiln.bench.kiln;

import static java.util.Objects.requireNonNull;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.Trained;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * An op, and from a gradient of its output those of all leaves.
 *
 * @param leaves by what the work calls their gradients
 */
record KilnBackward(
    Device device, Map<String, Tensor> leaves, Tensor outputGradient, Supplier<Tensor> op)
    implements Task {

  KilnBackward {
    leaves.values().forEach(leaf -> leaf.requiresGrad(true));
  }

  @Override
  public void run() {
    leaves.values().forEach(Tensor::clearGrad);
    try (Scope scope = device.scope()) {
      op.get().backward(outputGradient);
      device.synchronize();
    }
  }

  @Override
  public Map<String, float[]> results() {
    Map<String, float[]> results = new HashMap<>();
    try (Scope scope = device.scope()) {
      Tensor output = op.get();
      results.put(Trained.OUTPUT, output.toFloats());
      output.backward(outputGradient);
    }
    leaves.forEach((name, leaf) -> results.put(name, requireNonNull(leaf.grad()).toFloats()));
    return results;
  }
}
