package dev.kiln.bench.kiln;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.bench.engine.Task;
import java.util.Map;
import java.util.function.Supplier;

/**
 * An op without gradients, into a result of its own that is freed again.
 *
 * @param result what the work calls it
 */
record KilnForward(Device device, String result, Supplier<Tensor> op) implements Task {
  @Override
  public void run() {
    try (Scope scope = device.scope();
        Tape.Pause pause = Tape.pause();
        Tensor output = op.get()) {
      device.synchronize();
    }
  }

  @Override
  public Map<String, float[]> results() {
    try (Scope scope = device.scope();
        Tape.Pause pause = Tape.pause()) {
      return Map.of(result, op.get().toFloats());
    }
  }
}
