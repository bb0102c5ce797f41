package dev.kiln.examples.sequence;

import com.google.gson.JsonObject;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.examples.Demo;
import dev.kiln.examples.DemoOptions;
import dev.kiln.examples.TrainingOptions;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Losses;
import dev.kiln.nn.Lstm;
import dev.kiln.nn.Module;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code kiln tag}: a label for each place of a sequence, many to many. A bidirectional LSTM says
 * of every bracket in a string whether it has its partner.
 */
@Command(
    name = "tag",
    description =
        "Teaches a bidirectional LSTM to say of each bracket in a string whether it has its partner"
            + " (+) or not (!), on strings that the demo makes itself.")
public final class TagCommand implements Callable<Integer> {
  private static final double LEARNED = 0.95;
  private static final int EXAMPLES = 6;

  @Mixin private DemoOptions options;
  @Mixin private TrainingOptions training = new TrainingOptions(5, 50, 5e-3);
  @Mixin private TaskOptions task = new TaskOptions(4000);

  /** {@code rnn} and {@code fc}. */
  private static final class Tagger extends Module {
    private static final int HIDDEN = 32;

    private final Lstm rnn =
        child("rnn", new Lstm(Brackets.CHARACTERS.size(), HIDDEN).batchFirst().bidirectional());
    private final Linear fc = child("fc", new Linear(2 * HIDDEN, Brackets.TAGS.size()));

    /** {@code [batch, steps]} characters and their lengths to {@code [batch, steps, tags]}. */
    Tensor forward(Tensor characters, Tensor lengths) {
      Tensor x = characters.oneHot(Brackets.CHARACTERS.size());
      return fc.forward(rnn.run(x, null, null, lengths).output());
    }

    @Override
    public Tensor forward(Tensor characters) {
      return fc.forward(rnn.forward(characters.oneHot(Brackets.CHARACTERS.size())));
    }
  }

  @Override
  public Integer call() throws IOException {
    int epochs = training.epochs();
    int batch = training.batch();
    double lr = training.lr();
    int samples = task.samples(Brackets.ENOUGH);
    try (Demo demo = options.open()) {
      Dice dice = new Dice(demo.seed());
      List<Brackets> all = Brackets.draw(dice, samples + task.heldOut());
      List<Brackets> known = all.subList(0, samples);
      List<Brackets> heldOut = all.subList(samples, all.size());
      demo.say("Data      %,d strings to learn from, %,d held out", samples, heldOut.size());
      Tagger net = demo.place(new Tagger());
      demo.say("Model     bidirectional lstm, %,d parameters", Demo.parameters(net));
      SampleTraining learning = new SampleTraining(demo, net, samples, batch, epochs, lr, dice);
      double accuracy = 0;
      for (int epoch = 1; epoch <= epochs; epoch++) {
        double loss =
            learning.epoch(
                epoch,
                chosen -> loss(demo, net, Arrays.stream(chosen).mapToObj(known::get).toList()));
        accuracy = accuracy(demo, net, heldOut);
        demo.say(
            "Epoch %d/%d loss %.4f, held out %.2f %% of the characters right",
            epoch, epochs, loss, 100 * accuracy);
      }
      show(demo, net, heldOut.subList(0, Math.min(EXAMPLES, heldOut.size())));

      JsonObject figures = demo.figures();
      figures.addProperty("samples", samples);
      figures.addProperty("held_out", heldOut.size());
      return task.finish(demo, net, learning, accuracy, LEARNED, "characters tagged", figures);
    }
  }

  private static Tensor loss(Demo demo, Tagger net, List<Brackets> strings) {
    Padded target =
        Padded.of(
            strings.stream().map(s -> Brackets.TAGS.encodeCharacters(s.tags())).toList(),
            Padded.NO_TARGET);
    Tensor logits = logits(demo, net, strings);
    return Losses.crossEntropy(
        logits.reshape(-1, Brackets.TAGS.size()),
        Tensor.of(demo.device(), target.ids(), target.ids().length));
  }

  private static Tensor logits(Demo demo, Tagger net, List<Brackets> strings) {
    Padded input = input(strings);
    return net.forward(
        Tensor.of(demo.device(), input.ids(), input.size(), input.steps()),
        Tensor.of(demo.device(), input.lengths(), input.size()));
  }

  private static Padded input(List<Brackets> strings) {
    return Padded.of(
        strings.stream().map(s -> Brackets.CHARACTERS.encodeCharacters(s.text())).toList(), 0);
  }

  /** What the net says of each string. */
  private static List<String> tags(Demo demo, Tagger net, List<Brackets> strings) {
    net.eval();
    try (Tape.Pause pause = Tape.pause();
        Scope scope = demo.device().scope()) {
      int[] likeliest = logits(demo, net, strings).argmax(-1).toInts();
      Padded input = input(strings);
      return IntStream.range(0, strings.size())
          .mapToObj(i -> Brackets.TAGS.decodeCharacters(input.row(likeliest, i)))
          .toList();
    }
  }

  /** The share of characters. */
  private static double accuracy(Demo demo, Tagger net, List<Brackets> strings) {
    List<String> said = tags(demo, net, strings);
    int right = 0;
    int total = 0;
    for (int i = 0; i < said.size(); i++) {
      String wanted = strings.get(i).tags();
      for (int j = 0; j < wanted.length(); j++) {
        right += said.get(i).charAt(j) == wanted.charAt(j) ? 1 : 0;
      }
      total += wanted.length();
    }
    return (double) right / total;
  }

  private static void show(Demo demo, Tagger net, List<Brackets> strings) {
    List<String> said = tags(demo, net, strings);
    for (int i = 0; i < said.size(); i++) {
      Brackets asked = strings.get(i);
      demo.say("          %s", asked.text());
      demo.say(
          "          %s%s",
          said.get(i), said.get(i).equals(asked.tags()) ? "" : "   and should be " + asked.tags());
    }
  }
}
