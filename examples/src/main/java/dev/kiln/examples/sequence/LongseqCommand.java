package dev.kiln.examples.sequence;

import com.google.gson.JsonObject;
import dev.kiln.Tensor;
import dev.kiln.examples.Demo;
import dev.kiln.examples.DemoOptions;
import dev.kiln.examples.Limits;
import dev.kiln.examples.LossPlot;
import dev.kiln.examples.StepOptions;
import dev.kiln.nn.Module;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code kiln longseq}: windows over a sentence, side by side in one batch, through a stacked RNN
 * and a linear layer.
 *
 * <p>The sentence is read off the last place of each window: there the net has seen a whole window.
 * The characters of the first window are given: what follows a single {@code i}, say, no net can
 * know.
 */
@Command(
    name = "longseq",
    description =
        "Teaches a stacked recurrent net a long sentence, window by window; then it says it from its"
            + " first window on.")
public final class LongseqCommand implements Callable<Integer> {
  private static final String SENTENCE =
      "if you want to build a ship, don't drum up people together to collect wood and don't assign"
          + " them tasks and work, but rather teach them to long for the endless immensity of the"
          + " sea.";

  @Spec private CommandSpec spec;
  @Mixin private DemoOptions options;
  @Mixin private SpellingOptions spelling = new SpellingOptions(100, 0.03);
  @Mixin private StepOptions stepping = new StepOptions();

  @Option(
      names = "--text",
      paramLabel = "TEXT",
      description = "What to learn (default: a sentence of 180 characters).")
  private String text = SENTENCE;

  @Option(
      names = "--seq",
      paramLabel = "T",
      description = "Characters a window (default: ${DEFAULT-VALUE}).")
  private int window = 10;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      description = "Units a layer (default: one for each character of the vocabulary).")
  private @Nullable Integer hidden;

  @Option(
      names = "--layers",
      paramLabel = "N",
      description = "Layers of the RNN (default: ${DEFAULT-VALUE}).")
  private int layers = 2;

  @Override
  public Integer call() throws IOException {
    int epochs = spelling.epochs();
    double lr = spelling.lr();
    List<String> characters = Vocabulary.characters(text);
    Vocabulary vocabulary = Vocabulary.of(characters);
    Limits.within(spec, "--seq", 1, Limits.WIDTH, window);
    Limits.within(spec, "--layers", 1, Limits.LAYERS, layers);
    int[] ids = vocabulary.encode(characters);
    int windows = ids.length - window;
    if (windows < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--text has "
              + ids.length
              + " characters, and more are needed than in a window, of which --seq says "
              + window);
    }
    int units =
        hidden == null
            ? vocabulary.size()
            : Limits.within(spec, "--hidden", 1, Limits.WIDTH, hidden);
    try (Demo demo = options.open()) {
      Tensor input = Tensor.of(demo.device(), windows(ids, 0), windows, window);
      Tensor target = Tensor.of(demo.device(), windows(ids, 1), windows, window);
      Limits.recurrent(spec, demo.device().info(), 1, vocabulary.size(), units, layers);
      Module net = demo.place(new SpellingNet(vocabulary.size(), units, layers));
      demo.say(
          "Model     rnn of %d layers of %d, %,d parameters; %d windows of %d characters",
          layers, units, Demo.parameters(net), windows, window);
      String given = vocabulary.decode(ids, 0, window, "");
      Speller speller =
          new Speller(
              net,
              input,
              target,
              lr,
              predicted -> given + lastOfEach(vocabulary, predicted),
              stepping);
      speller.learn(demo, epochs);
      int status = speller.judge(demo, text);

      JsonObject figures = demo.figures();
      figures.addProperty("windows", windows);
      figures.addProperty("given", given);
      speller.describe(figures, text);
      demo.save(net);
      demo.draw(
          "loss.png",
          file ->
              LossPlot.write(file, "Windows over a sentence", "cross entropy", speller.losses()));
      demo.finish(figures);
      return status;
    }
  }

  /** All windows but the last, each {@code shift} further on. */
  private int[] windows(int[] ids, int shift) {
    int count = ids.length - window;
    int[] all = new int[count * window];
    for (int i = 0; i < count; i++) {
      System.arraycopy(ids, i + shift, all, i * window, window);
    }
    return all;
  }

  private String lastOfEach(Vocabulary vocabulary, int[] predicted) {
    StringBuilder text = new StringBuilder();
    for (int i = window - 1; i < predicted.length; i += window) {
      text.append(vocabulary.symbol(predicted[i]));
    }
    return text.toString();
  }
}
