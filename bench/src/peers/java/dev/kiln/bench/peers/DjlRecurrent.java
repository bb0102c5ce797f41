package dev.kiln.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.nn.recurrent.RNN;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.RecurrentWork;
import dev.kiln.bench.work.Trained;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** One recurrent layer, by PyTorch's functions for whole sequences. */
final class DjlRecurrent {
  private DjlRecurrent() {}

  static Task task(NDManager manager, RecurrentWork work) {
    int rows = work.kind().gates() * work.hidden();
    NDArray x = DjlOps.array(manager, work.inputs(), work.inputShape());
    NDArray inputWeight = DjlOps.array(manager, work.inputWeight(), rows, work.input());
    NDArray hiddenWeight = DjlOps.array(manager, work.hiddenWeight(), rows, work.hidden());
    NDArray inputBias = DjlOps.array(manager, work.inputBias(), rows);
    NDArray hiddenBias = DjlOps.array(manager, work.hiddenBias(), rows);
    NDArray h = manager.zeros(DjlOps.shape(1, work.batch(), work.hidden()));
    NDArray c = manager.zeros(DjlOps.shape(1, work.batch(), work.hidden()));
    NDList weights = new NDList(inputWeight, hiddenWeight, inputBias, hiddenBias);
    NDList states = new NDList(h, c);
    NDArrayEx ex = x.getNDArrayInternal();
    boolean train = work.train();
    Supplier<NDList> op =
        switch (work.kind()) {
          case RNN ->
              () ->
                  ex.rnn(
                      x, h, weights, true, 1, RNN.Activation.TANH, 0, train, false, false);
          case LSTM -> () -> ex.lstm(x, states, weights, true, 1, 0, train, false, false);
          case GRU -> () -> ex.gru(x, h, weights, true, 1, 0, train, false, false);
        };
    if (!train) {
      return new DjlForward(Trained.OUTPUT, op);
    }
    Map<String, NDArray> leaves = new LinkedHashMap<>();
    leaves.put(Trained.INPUT_GRADIENT, x);
    leaves.put(RecurrentWork.INPUT_WEIGHT_GRADIENT, inputWeight);
    leaves.put(RecurrentWork.HIDDEN_WEIGHT_GRADIENT, hiddenWeight);
    leaves.put(RecurrentWork.INPUT_BIAS_GRADIENT, inputBias);
    leaves.put(RecurrentWork.HIDDEN_BIAS_GRADIENT, hiddenBias);
    NDArray dy = DjlOps.array(manager, work.outputGradient(), work.outputShape());
    return new DjlBackward(leaves, dy, op);
  }
}
