package dev.kiln.examples.sequence;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.kiln.examples.Demo;
import dev.kiln.examples.DemoOptions;
import dev.kiln.examples.Limits;
import dev.kiln.examples.LossPlot;
import dev.kiln.examples.Progress;
import dev.kiln.examples.StepOptions;
import dev.kiln.examples.TrainingOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code kiln charlm}: a language model of characters. It reads a text, learns what comes next, is
 * judged by its perplexity on a tenth that it has not seen, and writes a text of its own.
 */
@Command(
    name = "charlm",
    description =
        "Teaches a recurrent net a text, character by character, and has it write: samples as it"
            + " learns, the perplexity on the last tenth of the text, which is held out, loss.png,"
            + " sample.txt and weights.safetensors.")
public final class CharlmCommand implements Callable<Integer> {
  private static final int REPORTS_AN_EPOCH = 4;
  private static final int LINE = 76;

  @Spec private CommandSpec spec;
  @Mixin private DemoOptions options;
  @Mixin private TrainingOptions training = new TrainingOptions(4, 32, 4e-3);
  @Mixin private StepOptions stepping = new StepOptions();

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description =
          "A text in UTF-8, raw or with gzip (default: Moby Dick, which comes with Kiln).")
  private @Nullable Path file;

  @Option(
      names = "--cell",
      paramLabel = "lstm|gru|rnn",
      description = "The recurrent layers (default: ${DEFAULT-VALUE}).")
  private CellKind cell = CellKind.LSTM;

  @Option(
      names = "--layers",
      paramLabel = "N",
      description = "How many of them (default: ${DEFAULT-VALUE}).")
  private int layers = 1;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      description = "Units a layer (default: ${DEFAULT-VALUE}).")
  private int hidden = 256;

  @Option(
      names = "--embedding",
      paramLabel = "N",
      description = "Features of a character; 0 reads them one-hot (default: ${DEFAULT-VALUE}).")
  private int features = 64;

  @Option(
      names = "--seq",
      paramLabel = "T",
      description = "Characters a window: how far gradients go back (default: ${DEFAULT-VALUE}).")
  private int window = 64;

  @Option(
      names = "--sample",
      paramLabel = "N",
      description = "Characters to write at the end (default: ${DEFAULT-VALUE}).")
  private int length = 600;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description =
          "Below 1 it dares less, 0 takes the likeliest character always (default:"
              + " ${DEFAULT-VALUE}).")
  private double temperature = 0.7;

  @Override
  public Integer call() throws IOException {
    int epochs = training.epochs();
    int batch = training.batch();
    double lr = training.lr();
    Limits.within(spec, "--layers", 1, Limits.LAYERS, layers);
    Limits.within(spec, "--hidden", 1, Limits.WIDTH, hidden);
    Limits.within(spec, "--embedding", 0, Limits.WIDTH, features);
    Limits.within(spec, "--seq", 1, Limits.MANY, window);
    Limits.within(spec, "--sample", 0, Limits.MANY, length);
    if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new ParameterException(
          spec.commandLine(), "--temperature is at least 0, not " + temperature);
    }
    Corpus corpus = Corpus.choose(file);
    Vocabulary vocabulary = Vocabulary.ofCharacters(corpus.text());
    int[] ids = vocabulary.encodeCharacters(corpus.text());
    int heldOut = ids.length / 10;
    if (heldOut <= batch) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s has %,d characters, too few for a --batch of %d: a tenth is held out, and each"
                  + " part is cut into as many streams",
              corpus.origin(),
              ids.length,
              batch));
    }
    Streams known = new Streams(Arrays.copyOf(ids, ids.length - heldOut), batch, window);
    Streams unseen =
        new Streams(Arrays.copyOfRange(ids, ids.length - heldOut, ids.length), batch, window);
    Limits.steps(spec, epochs, known.windows());
    try (Demo demo = options.open()) {
      demo.say(
          "Data      %,d characters, %d different, the last %,d held out: %s",
          ids.length, vocabulary.size(), heldOut, corpus.origin());
      int in = features == 0 ? vocabulary.size() : features;
      Limits.recurrent(spec, demo.device().info(), cell.gates(), in, hidden, layers);
      CharacterModel model =
          demo.place(new CharacterModel(cell, vocabulary, features, hidden, layers));
      model.checkVocabulary();
      demo.say(
          "Model     %s, %d x %d, %,d parameters; %d windows of %d characters a step",
          cell, layers, hidden, Demo.parameters(model), batch, window);
      Sampler sampler =
          new Sampler(demo.device(), model, vocabulary, temperature, new Dice(demo.seed()));
      String start = vocabulary.symbols().contains("\n") ? "\n" : vocabulary.symbol(ids[0]);
      Run run = learn(demo, model, known, unseen, epochs, lr, sampler, start);

      String sample = sampler.write(start, length);
      demo.say("%n%s%n", sample);
      demo.write("sample.txt", sample);
      demo.say(
          "Held out  perplexity %.2f; %,.0f characters/s learned",
          run.perplexity(), run.charactersPerSecond);
      demo.save(model);
      demo.draw(
          "loss.png",
          path ->
              LossPlot.write(
                  path,
                  String.format(
                      Locale.ROOT,
                      "%s of %d on %s: perplexity %.2f",
                      cell,
                      hidden,
                      file == null ? "Moby Dick" : file.getFileName(),
                      run.perplexity()),
                  "cross entropy",
                  run.losses,
                  "held out",
                  run.heldOut));
      demo.finish(figures(demo, known, unseen, vocabulary, epochs, run, sample));
    }
    return 0;
  }

  /**
   * What training left.
   *
   * @param heldOut the mean cross entropy on the held-out text, by the step after which it was
   *     measured
   */
  private record Run(
      List<Float> losses, NavigableMap<Integer, Float> heldOut, double charactersPerSecond) {
    double perplexity() {
      return Math.exp(heldOut.lastEntry().getValue());
    }
  }

  private Run learn(
      Demo demo,
      CharacterModel model,
      Streams known,
      Streams unseen,
      int epochs,
      double lr,
      Sampler sampler,
      String start) {
    LanguageTraining learning =
        new LanguageTraining(demo.device(), model, known, epochs, lr, stepping);
    NavigableMap<Integer, Float> heldOut = new TreeMap<>();
    double seconds = 0;
    int total = learning.left();
    int reports = (int) Math.min(total, (long) epochs * REPORTS_AN_EPOCH);
    for (int report = 1; report <= reports; report++) {
      int until = (int) ((long) total * report / reports);
      int from = total - learning.left();
      long begin = System.nanoTime();
      try (Progress progress = demo.progress("Learning", total, "windows")) {
        while (total - learning.left() < until) {
          learning.window();
          progress.at(total - learning.left(), "");
        }
      }
      double loss = learning.loss(until - from);
      seconds += (System.nanoTime() - begin) * 1e-9;
      if (Double.isNaN(loss)) {
        throw new ArithmeticException(
            "the loss is no number any more; a smaller --lr than " + lr + " may help");
      }
      double perplexity = LanguageTraining.perplexity(demo.device(), model, unseen);
      heldOut.put(until, (float) Math.log(perplexity));
      demo.say(
          "%5.2f epochs  loss %.4f  held-out perplexity %6.2f  %4.0f s  %s",
          (double) until / known.windows(),
          loss,
          perplexity,
          seconds,
          sampler.write(start, LINE).replace('\n', ' ').strip());
    }
    return new Run(
        learning.losses(), heldOut, (double) epochs * known.count() * known.length() / seconds);
  }

  private JsonObject figures(
      Demo demo,
      Streams known,
      Streams unseen,
      Vocabulary vocabulary,
      int epochs,
      Run run,
      String sample) {
    JsonObject figures = demo.figures();
    figures.addProperty("cell", cell.toString());
    figures.addProperty("layers", layers);
    figures.addProperty("hidden", hidden);
    figures.addProperty("embedding", features);
    figures.addProperty("seq", window);
    figures.addProperty("batch", known.count());
    figures.addProperty("epochs", epochs);
    figures.addProperty("vocabulary", vocabulary.size());
    figures.addProperty("train_characters", known.ids().length);
    figures.addProperty("held_out_characters", unseen.ids().length);
    figures.addProperty("characters_per_second", run.charactersPerSecond);
    JsonArray perplexities = new JsonArray();
    run.heldOut.values().forEach(loss -> perplexities.add(Math.exp(loss)));
    figures.add("held_out_perplexities", perplexities);
    figures.addProperty("perplexity", run.perplexity());
    figures.addProperty("sample", sample);
    return figures;
  }
}
