package dev.kiln.examples.sequence;

import static java.util.Objects.requireNonNull;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.examples.Demo;
import dev.kiln.examples.DemoOptions;
import dev.kiln.nn.Module;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code kiln hello}: what goes into a recurrent layer and what comes out, on the letters of hello.
 * Nothing is learned.
 */
@Command(
    name = "hello",
    description =
        "Shows the shapes of what goes into an rnn, an lstm and a gru and comes out of them: for a"
            + " letter, for the word h, e, l, l, o, and for a batch of three words.")
public final class HelloCommand implements Callable<Integer> {
  private static final List<String> WORDS = List.of("hello", "eolll", "lleel");
  private static final Vocabulary LETTERS = Vocabulary.ofCharacters(WORDS.get(0));
  private static final int HIDDEN = 2;

  @Mixin private DemoOptions options;

  /** One of each kind, named by it: batch first, 4 features, {@link #HIDDEN} units. */
  private static final class Layers extends Module {
    private final Map<CellKind, CellKind.Layer> layers = new EnumMap<>(CellKind.class);

    Layers() {
      for (CellKind cell : CellKind.values()) {
        CellKind.Layer layer = cell.layer(LETTERS.size(), HIDDEN, 1);
        child(cell.toString(), layer.module());
        layers.put(cell, layer);
      }
    }

    /** The outputs of the plain RNN. */
    @Override
    public Tensor forward(Tensor x) {
      return run(CellKind.RNN, x).output();
    }

    CellKind.Run run(CellKind cell, Tensor x) {
      return requireNonNull(layers.get(cell)).run(x, null);
    }
  }

  @Override
  public Integer call() throws IOException {
    try (Demo demo = options.open();
        Tape.Pause pause = Tape.pause()) {
      Layers layers = demo.place(new Layers());
      JsonObject figures = demo.figures();
      for (String letter : LETTERS.symbols()) {
        demo.say(
            "One-hot   %s = %s",
            letter, row(oneHot(demo, List.of(letter)).toFloats(), 0, LETTERS.size(), "%.0f"));
      }
      for (CellKind cell : CellKind.values()) {
        JsonArray runs = new JsonArray();
        runs.add(show(demo, layers, cell, "a letter, h", List.of("h")));
        runs.add(show(demo, layers, cell, "a word, hello", List.of("hello")));
        runs.add(show(demo, layers, cell, "a batch, " + String.join(" ", WORDS), WORDS));
        figures.add(cell.toString(), runs);
      }
      demo.say("%nOutputs for the letters of hello: %d numbers each, the hidden state", HIDDEN);
      for (CellKind cell : CellKind.values()) {
        float[] outputs = layers.run(cell, oneHot(demo, List.of("hello"))).output().toFloats();
        for (int i = 0; i < WORDS.get(0).length(); i++) {
          demo.say(
              "%-4s  %s  %s",
              cell, WORDS.get(0).charAt(i), row(outputs, i * HIDDEN, HIDDEN, "%7.4f"));
        }
      }
      demo.save(layers);
      demo.finish(figures);
    }
    return 0;
  }

  /** {@code [words, letters, 4]}. */
  private static Tensor oneHot(Demo demo, List<String> words) {
    int[] ids = LETTERS.encodeCharacters(String.join("", words));
    return Tensor.of(demo.device(), ids, words.size(), words.get(0).length())
        .oneHot(LETTERS.size());
  }

  private static JsonObject show(
      Demo demo, Layers layers, CellKind cell, String what, List<String> words) {
    Tensor x = oneHot(demo, words);
    CellKind.Run run = layers.run(cell, x);
    List<Tensor> state = run.state().tensors();
    demo.say(
        "%-4s  %-26s input %s  output %s  h %s%s",
        cell,
        what,
        x.shape(),
        run.output().shape(),
        state.get(0).shape(),
        state.size() > 1 ? "  c " + state.get(1).shape() : "");
    JsonObject shapes = new JsonObject();
    shapes.add("input", extents(x.shape()));
    shapes.add("output", extents(run.output().shape()));
    shapes.add("h", extents(state.get(0).shape()));
    if (state.size() > 1) {
      shapes.add("c", extents(state.get(1).shape()));
    }
    return shapes;
  }

  private static JsonArray extents(Shape shape) {
    JsonArray extents = new JsonArray();
    for (int extent : shape.toArray()) {
      extents.add(extent);
    }
    return extents;
  }

  private static String row(float[] values, int from, int count, String format) {
    return IntStream.range(from, from + count)
        .mapToObj(i -> String.format(Locale.ROOT, format, values[i]))
        .collect(Collectors.joining(" "));
  }
}
