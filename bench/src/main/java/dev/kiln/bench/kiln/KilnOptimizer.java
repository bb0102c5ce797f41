package dev.kiln.bench.kiln;

import dev.kiln.Device;
import dev.kiln.Tensor;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.OptimizerWork;
import dev.kiln.optim.Adam;
import dev.kiln.optim.Optimizer;
import dev.kiln.optim.Sgd;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An optimizer's step alone. */
final class KilnOptimizer implements Task {
  private final Device device;
  private final List<Tensor> parameters = new ArrayList<>();
  private final Optimizer optimizer;

  KilnOptimizer(Device device, OptimizerWork work) {
    this.device = device;
    for (int i = 0; i < work.parameters(); i++) {
      Tensor parameter = Tensor.of(device, work.parameter(i), work.size()).requiresGrad(true);
      parameter.setGrad(Tensor.of(device, work.gradient(i), work.size()));
      parameters.add(parameter);
    }
    optimizer =
        work.adam()
            ? new Adam(parameters, OptimizerWork.RATE)
            : new Sgd(parameters, OptimizerWork.RATE).momentum(0.9);
  }

  @Override
  public void run() {
    optimizer.step();
    device.synchronize();
  }

  @Override
  public Map<String, float[]> results() {
    for (int i = 0; i < OptimizerWork.COMPARED_STEPS; i++) {
      optimizer.step();
    }
    Map<String, float[]> results = new HashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      results.put(OptimizerWork.result(i), parameters.get(i).toFloats());
    }
    return results;
  }
}
