package dev.kiln.examples.sequence;

import com.google.gson.JsonObject;
import dev.kiln.Generator;
import dev.kiln.Tensor;
import dev.kiln.examples.Demo;
import dev.kiln.examples.DemoOptions;
import dev.kiln.examples.LossPlot;
import dev.kiln.examples.StepOptions;
import dev.kiln.nn.Module;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code kiln hihello}: a net that reads {@code hihell} learns to say {@code ihello}. An {@code h}
 * is followed by {@code i} the first time and by {@code e} the second: it has to remember.
 *
 * <p>The softmax variant shows why a softmax does not belong before cross entropy, which has one of
 * its own: the loss stays near 1.2, however long it learns. {@link LossBound} tells why.
 */
@Command(
    name = "hihello",
    description = {
      "Teaches a small recurrent net to go from hihell to ihello.",
      "Variants: step, a cell in a loop by hand; sequence, a layer over the whole; softmax, with a"
          + " softmax before cross entropy, to see why its loss stays near 1.2; embedding, a learned"
          + " vector for each letter."
    })
public final class HihelloCommand implements Callable<Integer> {
  private static final String TEXT = "hihello";
  private static final Vocabulary LETTERS = Vocabulary.ofCharacters(TEXT);

  @Mixin private DemoOptions options;
  @Mixin private SpellingOptions spelling = new SpellingOptions(100, 0.1);
  @Mixin private StepOptions stepping = new StepOptions();

  @Option(
      names = "--variant",
      paramLabel = "V",
      description = "step, sequence, softmax or embedding (default: ${DEFAULT-VALUE}).")
  private HihelloNet variant = HihelloNet.SEQUENCE;

  @Override
  public Integer call() throws IOException {
    int epochs = spelling.epochs();
    double lr = spelling.lr();
    int last = TEXT.length() - 1;
    String given = TEXT.substring(0, last);
    String wanted = TEXT.substring(1);
    try (Demo demo = options.open()) {
      Tensor input = Tensor.of(demo.device(), LETTERS.encodeCharacters(given), 1, last);
      Tensor target = Tensor.of(demo.device(), LETTERS.encodeCharacters(wanted), 1, last);
      Module net = demo.place(variant.build(LETTERS.size()));
      demo.say(
          "Model     %s, %,d parameters: %s in, %s out",
          variant, Demo.parameters(net), given, wanted);
      Speller speller = new Speller(net, input, target, lr, LETTERS::decodeCharacters, stepping);
      speller.learn(demo, epochs);
      int status = speller.judge(demo, wanted);

      JsonObject figures = demo.figures();
      figures.addProperty("variant", variant.toString());
      speller.describe(figures, wanted);
      demo.save(net);
      if (variant == HihelloNet.SOFTMAX) {
        explain(demo, figures);
        List<Float> without = withoutSoftmax(demo, input, target, epochs, lr);
        demo.draw(
            "bound.png",
            file ->
                LossPlot.write(
                    file,
                    "A softmax before cross entropy: " + TEXT,
                    "cross entropy",
                    false,
                    curves(speller.losses(), without)));
      } else {
        demo.draw(
            "loss.png",
            file -> LossPlot.write(file, TEXT + ": " + variant, "cross entropy", speller.losses()));
      }
      demo.finish(figures);
      return status;
    }
  }

  private static void explain(Demo demo, JsonObject figures) {
    int k = LETTERS.size();
    double right = LossBound.tanhProbability(k);
    double bound = LossBound.ofSoftmaxOfTanh(k);
    demo.say(
        "Bound     The RNN's outputs are tanhs, between -1 and 1. So of k = %d letters the softmax"
            + " gives the right one%n"
            + "          at most p = e²/(e²+k-1) = %.3f, and the others (1-p)/(k-1) = %.3f each."
            + " Cross entropy takes these%n"
            + "          for logits and puts a softmax of its own over them: no loss below"
            + " log(1 + (k-1)·e^(%.3f-%.3f)) = %.3f.%n"
            + "          The tanhs without that softmax get down to -log(e²/(e²+k-1)) = %.3f; with"
            + " it, but unbounded%n"
            + "          logits below it, to -log(e/(e+k-1)) = %.3f. A linear layer and no softmax"
            + " have no such bound.",
        k,
        right,
        (1 - right) / (k - 1),
        (1 - right) / (k - 1),
        right,
        bound,
        LossBound.ofTanh(k),
        LossBound.ofSoftmax(k));
    figures.addProperty("bound", bound);
    figures.addProperty("bound_without_softmax", LossBound.ofTanh(k));
  }

  /** The same net, from the same start, as it should be. */
  private List<Float> withoutSoftmax(
      Demo demo, Tensor input, Tensor target, int epochs, double lr) {
    Module net = HihelloNet.SEQUENCE.build(LETTERS.size());
    net.to(demo.device(), new Generator(demo.seed()));
    Speller speller = new Speller(net, input, target, lr, LETTERS::decodeCharacters, stepping);
    speller.practise(epochs);
    return speller.losses();
  }

  private static Map<String, List<Float>> curves(List<Float> softmax, List<Float> without) {
    int k = LETTERS.size();
    Map<String, List<Float>> curves = new LinkedHashMap<>();
    curves.put("with the softmax", softmax);
    curves.put("its bound", level(LossBound.ofSoftmaxOfTanh(k), softmax.size()));
    curves.put("without", without);
    curves.put("its bound, as tanh is at most 1", level(LossBound.ofTanh(k), softmax.size()));
    return curves;
  }

  private static List<Float> level(double value, int steps) {
    return Collections.nCopies(steps, (float) value);
  }
}
