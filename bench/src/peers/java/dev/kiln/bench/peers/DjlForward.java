package dev.kiln.bench.peers;

import ai.djl.ndarray.NDList;
import dev.kiln.bench.engine.Task;
import java.util.Map;
import java.util.function.Supplier;

/**
 * An op without gradients, into results of its own that are freed again.
 *
 * @param result what the work calls the first of them
 */
record DjlForward(String result, Supplier<NDList> op) implements Task {
  @Override
  public void run() {
    op.get().close();
  }

  @Override
  public Map<String, float[]> results() {
    try (NDList outputs = op.get()) {
      return Map.of(result, outputs.get(0).toFloatArray());
    }
  }
}
