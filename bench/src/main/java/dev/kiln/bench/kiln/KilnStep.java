package dev.kiln.bench.kiln;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.TrainWork;
import dev.kiln.nn.Losses;
import dev.kiln.nn.Module;
import dev.kiln.optim.Adam;
import dev.kiln.optim.Optimizer;
import java.util.HashMap;
import java.util.Map;

/** A training step, as the demos take it. */
final class KilnStep implements Task {
  private final Device device;
  private final Module net;
  private final Tensor input;
  private final Tensor targets;
  private final Optimizer adam;

  KilnStep(Device device, TrainWork work) {
    this.device = device;
    net = KilnNet.build(device, work.layers());
    input = Tensor.of(device, work.input(), work.inputShape());
    targets = Tensor.of(device, work.targets(), work.targets().length);
    adam = new Adam(net.parameters(), work.rate());
  }

  @Override
  public void run() {
    step();
  }

  private float step() {
    try (Scope scope = device.scope()) {
      Tensor logits = net.forward(input);
      Tensor loss = Losses.crossEntropy(logits.reshape(-1, logits.dim(-1)), targets);
      adam.zeroGrad();
      loss.backward();
      adam.step();
      return loss.item();
    }
  }

  @Override
  public Map<String, float[]> results() {
    Map<String, float[]> results = new HashMap<>();
    for (int i = 0; i < TrainWork.COMPARED_STEPS; i++) {
      results.put(TrainWork.result(i), new float[] {step()});
    }
    return results;
  }
}
