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

/** {@code kiln charseq}: a net that reads a text learns to say each character's successor. */
@Command(
    name = "charseq",
    description = "Teaches a recurrent net to say a text one character ahead.")
public final class CharseqCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DemoOptions options;
  @Mixin private SpellingOptions spelling = new SpellingOptions(100, 0.1);
  @Mixin private StepOptions stepping = new StepOptions();

  @Option(
      names = "--text",
      paramLabel = "TEXT",
      description = "What to learn (default: \"${DEFAULT-VALUE}\").")
  private String text = " if you want you";

  @Option(
      names = "--hidden",
      paramLabel = "N",
      description =
          "Units of the RNN, with a linear layer behind them (default: one for each character of"
              + " the vocabulary, and no linear layer).")
  private @Nullable Integer hidden;

  @Override
  public Integer call() throws IOException {
    int epochs = spelling.epochs();
    double lr = spelling.lr();
    List<String> characters = Vocabulary.characters(text);
    Vocabulary vocabulary = Vocabulary.of(characters);
    if (vocabulary.size() < 2) {
      throw new ParameterException(
          spec.commandLine(), "--text has at least two different characters");
    }
    if (hidden != null) {
      Limits.within(spec, "--hidden", 1, Limits.WIDTH, hidden);
    }
    int[] ids = vocabulary.encode(characters);
    int last = ids.length - 1;
    String wanted = vocabulary.decode(ids, 1, ids.length, "");
    try (Demo demo = options.open()) {
      Streams.Window window = new Streams(ids, 1, last).get(0);
      Tensor input = Tensor.of(demo.device(), window.input(), 1, last);
      Tensor target = Tensor.of(demo.device(), window.target(), 1, last);
      if (hidden != null) {
        Limits.recurrent(spec, demo.device().info(), 1, vocabulary.size(), hidden, 1);
      }
      Module net =
          demo.place(
              hidden == null
                  ? new SpellingNet(vocabulary.size())
                  : new SpellingNet(vocabulary.size(), hidden, 1));
      demo.say(
          "Model     rnn, %,d parameters; %d places, %d different characters",
          Demo.parameters(net), last, vocabulary.size());
      Speller speller = new Speller(net, input, target, lr, vocabulary::decodeCharacters, stepping);
      speller.learn(demo, epochs);
      int status = speller.judge(demo, wanted);

      JsonObject figures = demo.figures();
      speller.describe(figures, wanted);
      demo.save(net);
      demo.draw(
          "loss.png",
          file -> LossPlot.write(file, "\"" + text + "\"", "cross entropy", speller.losses()));
      demo.finish(figures);
      return status;
    }
  }
}
