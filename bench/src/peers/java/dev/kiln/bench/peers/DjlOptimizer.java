package dev.kiln.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.OptimizerWork;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An optimizer's step alone. */
final class DjlOptimizer implements Task {
  private final List<NDArray> parameters = new ArrayList<>();
  private final List<NDArray> gradients = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final Optimizer optimizer;

  DjlOptimizer(NDManager manager, OptimizerWork work) {
    for (int i = 0; i < work.parameters(); i++) {
      parameters.add(DjlOps.array(manager, work.parameter(i), work.size()));
      gradients.add(DjlOps.array(manager, work.gradient(i), work.size()));
      names.add(OptimizerWork.result(i));
    }
    Tracker rate = Tracker.fixed((float) OptimizerWork.RATE);
    optimizer =
        work.adam()
            ? Optimizer.adam().optLearningRateTracker(rate).build()
            : Optimizer.sgd().setLearningRateTracker(rate).optMomentum(0.9f).build();
  }

  @Override
  public void run() {
    for (int i = 0; i < parameters.size(); i++) {
      optimizer.update(names.get(i), parameters.get(i), gradients.get(i));
    }
  }

  @Override
  public Map<String, float[]> results() {
    for (int i = 0; i < OptimizerWork.COMPARED_STEPS; i++) {
      run();
    }
    Map<String, float[]> results = new HashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      results.put(names.get(i), parameters.get(i).toFloatArray());
    }
    return results;
  }
}
