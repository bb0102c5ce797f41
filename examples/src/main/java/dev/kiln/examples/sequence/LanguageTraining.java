package dev.kiln.examples.sequence;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.examples.LossLog;
import dev.kiln.examples.StepOptions;
import dev.kiln.examples.Steps;
import dev.kiln.nn.Losses;
import dev.kiln.optim.Adam;
import dev.kiln.optim.ClipGrad;
import dev.kiln.optim.Optimizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Teaches a net what comes next in a text, a window at a time: the state is carried from window to
 * window, gradients are not (truncated back-propagation through time). Adam, gradients of at most
 * length 1, and a learning rate that falls to nothing over the last half.
 */
final class LanguageTraining {
  private static final double LONGEST_GRADIENT = 1;

  private final Device device;
  private final CharacterModel model;
  private final Streams text;
  private final double lr;
  private final int total;
  private final Optimizer optimizer;
  private final Steps steps;
  private final CarriedState carried = new CarriedState();
  private final LossLog log = new LossLog();
  private int step;

  LanguageTraining(
      Device device,
      CharacterModel model,
      Streams text,
      int epochs,
      double lr,
      StepOptions stepping) {
    this.device = device;
    this.model = model;
    this.text = text;
    this.lr = lr;
    this.total = Math.multiplyExact(epochs, text.windows());
    this.optimizer = new Adam(model.parameters(), lr);
    this.steps = stepping.of(device, this::step);
  }

  /**
   * @param inputs characters, targets, and the state to begin with, if it is not zeros
   * @return the loss, and the state after the window
   */
  private List<Tensor> step(List<Tensor> inputs) {
    List<Tensor> before = inputs.subList(2, inputs.size());
    CellKind.State state = before.isEmpty() ? null : CellKind.State.of(before);
    CharacterModel.Answer answer = model.read(inputs.get(0), state);
    Tensor loss = Losses.crossEntropy(answer.logits(), inputs.get(1));
    optimizer.zeroGrad();
    loss.backward();
    ClipGrad.norm(model.parameters(), LONGEST_GRADIENT);
    optimizer.step();
    List<Tensor> results = new ArrayList<>(List.of(loss));
    results.addAll(answer.state().detach().tensors());
    return results;
  }

  /** How many windows are left. */
  int left() {
    return total - step;
  }

  /** Reads and learns the next window; after the last of the text comes the first again. */
  void window() {
    model.train();
    if (step % text.windows() == 0) {
      carried.close();
    }
    Streams.Window window = text.get(step % text.windows());
    try (Scope scope = device.scope()) {
      List<Tensor> inputs = new ArrayList<>();
      inputs.add(input(device, text, window));
      inputs.add(Tensor.of(device, window.target(), window.target().length));
      CellKind.State before = carried.get();
      if (before != null) {
        inputs.addAll(before.tensors());
      }
      optimizer.lr(lr * Math.min(1, 2.0 * left() / total));
      List<Tensor> results = steps.take(scope, inputs.toArray(new Tensor[0]));
      log.add(scope, results.get(0));
      carried.set(scope, CellKind.State.of(results.subList(1, results.size())));
    }
    step++;
  }

  private static Tensor input(Device device, Streams text, Streams.Window window) {
    return Tensor.of(device, window.input(), text.count(), window.steps());
  }

  /** The mean loss of the latest {@code n} windows. */
  double loss(int n) {
    log.readAll();
    List<Float> all = log.values();
    return all.subList(Math.max(0, all.size() - n), all.size()).stream()
        .mapToDouble(Float::doubleValue)
        .average()
        .orElse(Double.NaN);
  }

  /** The loss of every window. */
  List<Float> losses() {
    log.readAll();
    return log.values();
  }

  /**
   * How many characters the net wavers between: {@code e} to the mean cross entropy over a text.
   */
  static double perplexity(Device device, CharacterModel model, Streams text) {
    model.eval();
    double sum = 0;
    long characters = 0;
    try (Tape.Pause pause = Tape.pause();
        CarriedState carried = new CarriedState()) {
      for (int i = 0; i < text.windows(); i++) {
        Streams.Window window = text.get(i);
        int n = window.target().length;
        try (Scope scope = device.scope()) {
          CharacterModel.Answer answer = model.read(input(device, text, window), carried.get());
          Tensor target = Tensor.of(device, window.target(), n);
          sum += (double) n * Losses.crossEntropy(answer.logits(), target).item();
          characters += n;
          carried.set(scope, answer.state());
        }
      }
    }
    return Math.exp(sum / characters);
  }
}
