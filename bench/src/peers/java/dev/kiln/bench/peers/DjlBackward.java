package dev.kiln.bench.peers;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.Trained;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * An op, and from a gradient of its output those of all leaves. DJL adds them to those that the
 * leaves have from before; setting these to 0 first would take it longer.
 *
 * @param leaves by what the work calls their gradients
 * @param op the output, and what else has to be freed
 */
record DjlBackward(Map<String, NDArray> leaves, NDArray outputGradient, Supplier<NDList> op)
    implements Task {

  DjlBackward {
    leaves.values().forEach(leaf -> leaf.setRequiresGradient(true));
  }

  @Override
  public void run() {
    pass().close();
  }

  private NDList pass() {
    try (GradientCollector collector = Engine.getEngine(DjlEngine.PYTORCH).newGradientCollector()) {
      NDList outputs = op.get();
      // the collector's own backward knows no gradient but ones
      JniUtils.backward(
          (PtNDArray) outputs.get(0), (PtNDArray) outputGradient, false, false);
      return outputs;
    }
  }

  @Override
  public Map<String, float[]> results() {
    Map<String, float[]> results = new HashMap<>();
    try (NDList outputs = pass()) {
      results.put(Trained.OUTPUT, outputs.get(0).toFloatArray());
    }
    leaves.forEach(
        (name, leaf) -> {
          try (NDArray gradient = leaf.getGradient()) {
            results.put(name, gradient.toFloatArray());
          }
        });
    return results;
  }
}
