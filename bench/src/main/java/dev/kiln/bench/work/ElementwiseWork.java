package dev.kiln.bench.work;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A function of each of {@code n} numbers, or of each pair. */
public record ElementwiseWork(String name, Function function, int n) implements Work {

  /** What is computed. */
  public enum Function {
    ADD,
    MUL,
    RELU,
    SIGMOID,
    TANH,
    /** With the normal distribution, not its approximation by a tanh. */
    GELU,
    EXP;

    /** Whether it takes pairs. */
    public boolean isBinary() {
      return this == ADD || this == MUL;
    }
  }

  public ElementwiseWork {
    Name.checkPositive(name, n);
  }

  static Optional<ElementwiseWork> read(String name) {
    return Name.read(name, "(?<function>add|mul|relu|sigmoid|tanh|gelu|exp)-<n>")
        .map(
            read ->
                new ElementwiseWork(
                    name,
                    Function.valueOf(read.text("function").toUpperCase(Locale.ROOT)),
                    read.number("n")));
  }

  public float[] x() {
    return Data.uniform("x", -4, 4, n);
  }

  /** The second operand of a binary function. */
  public float[] y() {
    return Data.uniform("y", -4, 4, n);
  }

  @Override
  public String family() {
    return "Elementwise";
  }

  @Override
  public Map<String, Integer> results() {
    return Map.of(Trained.OUTPUT, 1);
  }
}
