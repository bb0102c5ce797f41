package dev.kiln.examples.sequence;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.examples.Demo;
import dev.kiln.examples.StepOptions;
import dev.kiln.examples.Steps;
import dev.kiln.nn.Losses;
import dev.kiln.nn.Module;
import dev.kiln.optim.Adam;
import dev.kiln.optim.Optimizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Teaches a net to say a string, character after character: all of it in every step, with Adam and
 * cross entropy at each place.
 */
final class Speller {
  private final Module net;
  private final Tensor input;
  private final Reading reading;
  private final Steps steps;
  private final List<Float> losses = new ArrayList<>();
  private String predicted = "";

  /** How to read the characters that the net finds likeliest, one for each target. */
  interface Reading {
    String of(int[] characters);
  }

  /**
   * @param net on the device; {@code [batch, steps]} characters, int32, to logits {@code [batch,
   *     steps, vocabulary]}
   * @param target what comes next at each place, of the shape of {@code input}
   */
  Speller(
      Module net, Tensor input, Tensor target, double lr, Reading reading, StepOptions stepping) {
    this.net = net;
    this.input = input;
    this.reading = reading;
    Optimizer optimizer = new Adam(net.parameters(), lr);
    this.steps =
        stepping.of(
            input.device(),
            inputs -> {
              Tensor logits = logits();
              Tensor loss = Losses.crossEntropy(logits, target.reshape(-1));
              optimizer.zeroGrad();
              loss.backward();
              optimizer.step();
              return List.of(loss, logits);
            });
  }

  /** Trains, and says every now and then where it is. */
  void learn(Demo demo, int epochs) {
    int every = Math.max(1, epochs / 12);
    for (int epoch = 1; epoch <= epochs; epoch++) {
      step();
      if (epoch == 1 || epoch % every == 0 || epoch == epochs) {
        demo.say("Epoch %3d loss %.4f  %s", epoch, losses.get(epoch - 1), predicted);
      }
    }
    try (Tape.Pause pause = Tape.pause();
        Scope scope = input.device().scope()) {
      predicted = read(logits());
    }
  }

  /** Likewise, in silence. */
  void practise(int epochs) {
    for (int epoch = 0; epoch < epochs; epoch++) {
      step();
    }
  }

  /** The string is the one that the net says before the weights change. */
  private void step() {
    try (Scope scope = input.device().scope()) {
      List<Tensor> results = steps.take(scope);
      losses.add(results.get(0).item());
      predicted = read(results.get(1).detach());
    }
  }

  /** A row a place. */
  private Tensor logits() {
    Tensor logits = net.forward(input);
    return logits.reshape(-1, logits.dim(-1));
  }

  private String read(Tensor logits) {
    return reading.of(logits.argmax(1).toInts());
  }

  /** The loss of every epoch. */
  List<Float> losses() {
    return losses;
  }

  /** The string that the net says now. */
  String predicted() {
    return predicted;
  }

  /** Adds what there is to know of the run. */
  void describe(JsonObject figures, String wanted) {
    JsonArray all = new JsonArray();
    losses.forEach(all::add);
    figures.addProperty("epochs", losses.size());
    figures.addProperty("target", wanted);
    figures.addProperty("predicted", predicted);
    figures.addProperty("right", predicted.equals(wanted));
    figures.addProperty("final_loss", losses.get(losses.size() - 1));
    figures.add("loss", all);
  }

  /**
   * Says whether the net has learned its string.
   *
   * @return the exit status
   */
  int judge(Demo demo, String wanted) {
    if (predicted.equals(wanted)) {
      demo.say("Right     it says \"%s\"", predicted);
      return 0;
    }
    demo.say("Wrong     it says \"%s\", not \"%s\"; more --epochs may help", predicted, wanted);
    return 1;
  }
}
