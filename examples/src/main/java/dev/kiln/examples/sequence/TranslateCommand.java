package dev.kiln.examples.sequence;

import com.google.gson.JsonObject;
import dev.kiln.examples.Demo;
import dev.kiln.examples.DemoOptions;
import dev.kiln.examples.TrainingOptions;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code kiln translate}: sequence to sequence. From digits to English, {@code 307} to {@code three
 * hundred and seven}, on numbers that it has not seen.
 */
@Command(
    name = "translate",
    description =
        "Teaches an encoder and a decoder to read numbers out: 307, three hundred and seven. Most"
            + " numbers below 10,000 it never sees.")
public final class TranslateCommand implements Callable<Integer> {
  private static final double LEARNED = 0.95;
  private static final int EXAMPLES = 8;

  @Mixin private DemoOptions options;
  @Mixin private TrainingOptions training = new TrainingOptions(8, 50, 4e-3);
  @Mixin private TaskOptions task = new TaskOptions(3000);

  @Override
  public Integer call() throws IOException {
    int epochs = training.epochs();
    int batch = training.batch();
    double lr = training.lr();
    int samples = task.samples(Numeral.END);
    try (Demo demo = options.open()) {
      Dice dice = new Dice(demo.seed());
      List<Numeral> all =
          Arrays.stream(dice.permutation(Numeral.END)).mapToObj(Numeral::new).toList();
      List<Numeral> known = all.subList(0, samples);
      List<Numeral> heldOut = all.subList(samples, samples + task.heldOut());
      demo.say("Data      %,d numbers to learn from, %,d held out", samples, heldOut.size());
      Translator net = demo.place(new Translator(128));
      demo.say("Model     encoder and decoder, gru, %,d parameters", Demo.parameters(net));
      SampleTraining learning = new SampleTraining(demo, net, samples, batch, epochs, lr, dice);
      double accuracy = 0;
      for (int epoch = 1; epoch <= epochs; epoch++) {
        double loss =
            learning.epoch(
                epoch, chosen -> net.loss(Arrays.stream(chosen).mapToObj(known::get).toList()));
        accuracy = accuracy(net, heldOut);
        demo.say(
            "Epoch %d/%d loss %.4f, held out %.2f %% right, %s",
            epoch,
            epochs,
            loss,
            100 * accuracy,
            example(net, heldOut.get((epoch - 1) % heldOut.size())));
      }
      for (Numeral numeral : heldOut.subList(0, Math.min(EXAMPLES, heldOut.size()))) {
        demo.say("          %s", example(net, numeral));
      }
      JsonObject figures = demo.figures();
      figures.addProperty("samples", samples);
      figures.addProperty("held_out", heldOut.size());
      return task.finish(demo, net, learning, accuracy, LEARNED, "numbers read out", figures);
    }
  }

  /** A number is right if every word of it is. */
  private static double accuracy(Translator net, List<Numeral> numerals) {
    List<String> said = net.translate(numerals);
    int right = 0;
    for (int i = 0; i < said.size(); i++) {
      right += said.get(i).equals(String.join(" ", numerals.get(i).words())) ? 1 : 0;
    }
    return (double) right / said.size();
  }

  private static String example(Translator net, Numeral numeral) {
    String said = net.translate(List.of(numeral)).get(0);
    boolean right = said.equals(String.join(" ", numeral.words()));
    return numeral.number() + ": " + said + (right ? "" : " (wrong)");
  }
}
