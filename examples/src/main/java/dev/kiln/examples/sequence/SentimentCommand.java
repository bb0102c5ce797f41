package dev.kiln.examples.sequence;

import com.google.gson.JsonObject;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.examples.Demo;
import dev.kiln.examples.DemoOptions;
import dev.kiln.examples.TrainingOptions;
import dev.kiln.nn.Embedding;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Losses;
import dev.kiln.nn.Lstm;
import dev.kiln.nn.Module;
import dev.kiln.ops.Concat;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code kiln sentiment}: one answer for a whole sequence, many to one. A bidirectional LSTM reads
 * sentences of different lengths and says from its states at their ends whether they praise.
 */
@Command(
    name = "sentiment",
    description =
        "Teaches a bidirectional LSTM whether a sentence about a film praises it, on sentences of"
            + " different lengths that the demo makes itself.")
public final class SentimentCommand implements Callable<Integer> {
  private static final double LEARNED = 0.95;
  private static final int EXAMPLES = 8;

  @Mixin private DemoOptions options;
  @Mixin private TrainingOptions training = new TrainingOptions(4, 50, 5e-3);
  @Mixin private TaskOptions task = new TaskOptions(4000);

  /** {@code embedding}, {@code rnn} and {@code fc}. */
  private static final class Judge extends Module {
    private static final int FEATURES = 16;
    private static final int HIDDEN = 32;

    private final Embedding embedding =
        child("embedding", new Embedding(Review.WORDS.size(), FEATURES));
    private final Lstm rnn = child("rnn", new Lstm(FEATURES, HIDDEN).batchFirst().bidirectional());
    private final Linear fc = child("fc", new Linear(2 * HIDDEN, 2));

    /** {@code [batch, steps]} words and the sentences' lengths to {@code [batch, 2]}. */
    Tensor forward(Tensor words, Tensor lengths) {
      Tensor h = rnn.run(embedding.forward(words), null, null, lengths).h();
      // [directions, batch, hidden]: what each direction knows at its end, side by side
      Tensor forward = h.slice(0, 0, 1).reshape(-1, HIDDEN);
      Tensor backward = h.slice(0, 1, 2).reshape(-1, HIDDEN);
      return fc.forward(Concat.apply(List.of(forward, backward), 1));
    }

    /** All sentences whole. */
    @Override
    public Tensor forward(Tensor words) {
      int[] lengths = new int[words.dim(0)];
      Arrays.fill(lengths, words.dim(1));
      return forward(words, Tensor.of(words.device(), lengths, lengths.length));
    }
  }

  @Override
  public Integer call() throws IOException {
    int epochs = training.epochs();
    int batch = training.batch();
    double lr = training.lr();
    int samples = task.samples(Review.ENOUGH);
    try (Demo demo = options.open()) {
      Dice dice = new Dice(demo.seed());
      List<Review> all = Review.draw(dice, samples + task.heldOut());
      List<Review> known = all.subList(0, samples);
      List<Review> heldOut = all.subList(samples, all.size());
      demo.say(
          "Data      %,d sentences to learn from, %,d held out, of %d words",
          samples, heldOut.size(), Review.WORDS.size());
      Judge net = demo.place(new Judge());
      demo.say("Model     embedding and bidirectional lstm, %,d parameters", Demo.parameters(net));
      SampleTraining learning = new SampleTraining(demo, net, samples, batch, epochs, lr, dice);
      double accuracy = 0;
      for (int epoch = 1; epoch <= epochs; epoch++) {
        double loss =
            learning.epoch(
                epoch,
                chosen -> loss(demo, net, Arrays.stream(chosen).mapToObj(known::get).toList()));
        accuracy = accuracy(demo, net, heldOut);
        demo.say(
            "Epoch %d/%d loss %.4f, held out %.2f %% right", epoch, epochs, loss, 100 * accuracy);
      }
      show(demo, net, heldOut.subList(0, Math.min(EXAMPLES, heldOut.size())));

      JsonObject figures = demo.figures();
      figures.addProperty("samples", samples);
      figures.addProperty("held_out", heldOut.size());
      return task.finish(demo, net, learning, accuracy, LEARNED, "sentences judged", figures);
    }
  }

  private static Tensor loss(Demo demo, Judge net, List<Review> reviews) {
    int[] praise = reviews.stream().mapToInt(review -> review.praise() ? 1 : 0).toArray();
    return Losses.crossEntropy(
        logits(demo, net, reviews), Tensor.of(demo.device(), praise, praise.length));
  }

  private static Tensor logits(Demo demo, Judge net, List<Review> reviews) {
    Padded input =
        Padded.of(reviews.stream().map(review -> Review.WORDS.encode(review.words())).toList(), 0);
    return net.forward(
        Tensor.of(demo.device(), input.ids(), input.size(), input.steps()),
        Tensor.of(demo.device(), input.lengths(), input.size()));
  }

  /** For each sentence 1 if the net says that it praises, else 0. */
  private static int[] judge(Demo demo, Judge net, List<Review> reviews) {
    net.eval();
    try (Tape.Pause pause = Tape.pause();
        Scope scope = demo.device().scope()) {
      return logits(demo, net, reviews).argmax(1).toInts();
    }
  }

  private static double accuracy(Demo demo, Judge net, List<Review> reviews) {
    int[] said = judge(demo, net, reviews);
    int right = 0;
    for (int i = 0; i < said.length; i++) {
      right += reviews.get(i).praise() == (said[i] == 1) ? 1 : 0;
    }
    return (double) right / said.length;
  }

  private static void show(Demo demo, Judge net, List<Review> reviews) {
    int[] said = judge(demo, net, reviews);
    for (int i = 0; i < said.length; i++) {
      Review review = reviews.get(i);
      demo.say(
          "          %s  %s%s",
          said[i] == 1 ? "praise" : "blame ",
          String.join(" ", review.words()),
          review.praise() == (said[i] == 1) ? "" : "  (wrong)");
    }
  }
}
