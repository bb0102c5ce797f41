package dev.kiln.bench.kiln;

import dev.kiln.Device;
import dev.kiln.Recording;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.TrainWork;
import dev.kiln.nn.Losses;
import dev.kiln.nn.Module;
import dev.kiln.optim.Adam;
import dev.kiln.optim.Optimizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A training step, as the demos take it. */
final class KilnStep implements Task {
  private final Device device;
  private final Module net;
  private final Tensor input;
  private final Tensor targets;
  private final Optimizer adam;
  private final @Nullable Recording recording;
  private final int readEvery;
  private int steps;

  KilnStep(Device device, TrainWork work, boolean recorded) {
    this.device = device;
    readEvery = work.readEvery();
    net = KilnNet.build(device, work.layers());
    input = Tensor.of(device, work.input(), work.inputShape());
    targets = Tensor.of(device, work.targets(), work.targets().length);
    adam = new Adam(net.parameters(), work.rate());
    recording = recorded ? device.record(inputs -> List.of(loss())) : null;
  }

  @Override
  public void run() {
    step(++steps % readEvery == 0);
  }

  /**
   * @return the loss, or NaN if it is not read
   */
  private float step(boolean read) {
    if (recording != null) {
      Tensor loss = recording.run().get(0);
      return read ? loss.item() : Float.NaN;
    }
    try (Scope scope = device.scope()) {
      Tensor loss = loss();
      return read ? loss.item() : Float.NaN;
    }
  }

  private Tensor loss() {
    Tensor logits = net.forward(input);
    Tensor loss = Losses.crossEntropy(logits.reshape(-1, logits.dim(-1)), targets);
    adam.zeroGrad();
    loss.backward();
    adam.step();
    return loss;
  }

  @Override
  public Map<String, float[]> results() {
    Map<String, float[]> results = new HashMap<>();
    for (int i = 0; i < TrainWork.COMPARED_STEPS; i++) {
      results.put(TrainWork.result(i), new float[] {step(true)});
    }
    return results;
  }
}
