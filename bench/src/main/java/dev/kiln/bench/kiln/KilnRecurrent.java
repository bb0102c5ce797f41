package dev.kiln.bench.kiln;

import static java.util.Objects.requireNonNull;

import dev.kiln.Device;
import dev.kiln.Tensor;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.RecurrentWork;
import dev.kiln.bench.work.Trained;
import dev.kiln.nn.Gru;
import dev.kiln.nn.Lstm;
import dev.kiln.nn.Module;
import dev.kiln.nn.Rnn;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** One recurrent layer. */
final class KilnRecurrent {
  private KilnRecurrent() {}

  static Task task(Device device, RecurrentWork work) {
    Module layer =
        switch (work.kind()) {
          case RNN -> new Rnn(work.input(), work.hidden());
          case LSTM -> new Lstm(work.input(), work.hidden());
          case GRU -> new Gru(work.input(), work.hidden());
        };
    Map<String, Tensor> weights = layer.to(device).namedParameters();
    Map<String, Tensor> leaves = new LinkedHashMap<>();
    Tensor x = Tensor.of(device, work.inputs(), work.inputShape());
    leaves.put(Trained.INPUT_GRADIENT, x);
    fill(weights, "weight_ih_l0", work.inputWeight(), leaves, RecurrentWork.INPUT_WEIGHT_GRADIENT);
    fill(
        weights, "weight_hh_l0", work.hiddenWeight(), leaves, RecurrentWork.HIDDEN_WEIGHT_GRADIENT);
    fill(weights, "bias_ih_l0", work.inputBias(), leaves, RecurrentWork.INPUT_BIAS_GRADIENT);
    fill(weights, "bias_hh_l0", work.hiddenBias(), leaves, RecurrentWork.HIDDEN_BIAS_GRADIENT);
    Supplier<Tensor> op = () -> layer.forward(x);
    if (!work.train()) {
      layer.eval();
      return new KilnForward(device, Trained.OUTPUT, op);
    }
    Tensor dy = Tensor.of(device, work.outputGradient(), work.outputShape());
    return new KilnBackward(device, leaves, dy, op);
  }

  private static void fill(
      Map<String, Tensor> weights,
      String name,
      float[] values,
      Map<String, Tensor> leaves,
      String gradient) {
    Tensor weight = requireNonNull(weights.get(name));
    weight.write(values);
    leaves.put(gradient, weight);
  }
}
