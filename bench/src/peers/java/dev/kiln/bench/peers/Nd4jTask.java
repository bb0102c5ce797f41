package dev.kiln.bench.peers;

import dev.kiln.bench.engine.Task;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Operations into arrays that are there already: ND4J leaves those that it makes to the garbage
 * collector.
 *
 * @param outputs by what the work calls them
 */
record Nd4jTask(Map<String, INDArray> outputs, Runnable op) implements Task {
  @Override
  public void run() {
    op.run();
  }

  @Override
  public Map<String, float[]> results() {
    op.run();
    Map<String, float[]> results = new LinkedHashMap<>();
    outputs.forEach((name, output) -> results.put(name, output.dup('c').data().asFloat()));
    return results;
  }
}
