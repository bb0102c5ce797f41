package dev.kiln.bench.work;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One recurrent layer with both biases over a batch of sequences, steps first, from states of 0.
 * Gates are in PyTorch's order, and so is the GRU's reset gate: after the product.
 *
 * @param train whether the gradients of input, weights and biases are computed too
 */
public record RecurrentWork(
    String name, Kind kind, int batch, int steps, int input, int hidden, boolean train)
    implements Work {

  /** Names of the gradients of the four weights. */
  public static final String INPUT_WEIGHT_GRADIENT = "weight_ih gradient";

  public static final String HIDDEN_WEIGHT_GRADIENT = "weight_hh gradient";
  public static final String INPUT_BIAS_GRADIENT = "bias_ih gradient";
  public static final String HIDDEN_BIAS_GRADIENT = "bias_hh gradient";

  /** The layer, and how many blocks of {@code hidden} rows its weights have. */
  public enum Kind {
    RNN(1),
    LSTM(4),
    GRU(3);

    private final int gates;

    Kind(int gates) {
      this.gates = gates;
    }

    public int gates() {
      return gates;
    }
  }

  public RecurrentWork {
    Name.checkPositive(name, batch, steps, input, hidden);
  }

  static Optional<RecurrentWork> read(String name) {
    return Name.read(name, "(?<kind>rnn|lstm|gru)-b<b>t<t>i<i>h<h>-(?<pass>fwd|train)")
        .map(
            read ->
                new RecurrentWork(
                    name,
                    Kind.valueOf(read.text("kind").toUpperCase(Locale.ROOT)),
                    read.number("b"),
                    read.number("t"),
                    read.number("i"),
                    read.number("h"),
                    read.text("pass").equals("train")));
  }

  /** {@code [steps, batch, input]}. */
  public int[] inputShape() {
    return new int[] {steps, batch, input};
  }

  /** {@code [steps, batch, hidden]}. */
  public int[] outputShape() {
    return new int[] {steps, batch, hidden};
  }

  public float[] inputs() {
    return Data.uniform("input", -1, 1, inputShape());
  }

  public float[] outputGradient() {
    return Data.uniform("gradient", -1, 1, outputShape());
  }

  /** {@code [gates · hidden, input]}. */
  public float[] inputWeight() {
    return weight("weight_ih", input);
  }

  /** {@code [gates · hidden, hidden]}. */
  public float[] hiddenWeight() {
    return weight("weight_hh", hidden);
  }

  /** {@code [gates · hidden]}. */
  public float[] inputBias() {
    return weight("bias_ih", 1);
  }

  /** {@code [gates · hidden]}. */
  public float[] hiddenBias() {
    return weight("bias_hh", 1);
  }

  private float[] weight(String what, int columns) {
    double bound = 1 / Math.sqrt(hidden);
    return Data.uniform(what, -bound, bound, kind.gates(), hidden, columns);
  }

  @Override
  public String family() {
    return "Recurrent";
  }

  @Override
  public Map<String, Integer> results() {
    int step = input + hidden;
    if (!train) {
      return Map.of(Trained.OUTPUT, step);
    }
    int rows = batch * steps;
    return Trained.results(
        Trained.OUTPUT,
        step,
        Trained.INPUT_GRADIENT,
        kind.gates() * hidden,
        INPUT_WEIGHT_GRADIENT,
        rows,
        HIDDEN_WEIGHT_GRADIENT,
        rows,
        INPUT_BIAS_GRADIENT,
        rows,
        HIDDEN_BIAS_GRADIENT,
        rows);
  }
}
