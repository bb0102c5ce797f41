package dev.kiln.bench.work;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A step of an optimizer alone; the gradients stay what they are. Learning rate 1e-3; Adam with
 * PyTorch's constants, or gradient descent with momentum 0.9.
 *
 * @param adam else momentum
 * @param parameters how many tensors
 * @param size numbers in each
 */
public record OptimizerWork(String name, boolean adam, int parameters, int size) implements Work {
  /** After so many steps, the parameters are compared. */
  public static final int COMPARED_STEPS = 3;

  /** The learning rate. */
  public static final double RATE = 1e-3;

  public OptimizerWork {
    Name.checkPositive(name, parameters, size);
  }

  static Optional<OptimizerWork> read(String name) {
    return Name.read(name, "(?<kind>adam|momentum)-<p>x<n>")
        .map(
            read ->
                new OptimizerWork(
                    name, read.text("kind").equals("adam"), read.number("p"), read.number("n")));
  }

  /** What a result is called. */
  public static String result(int parameter) {
    return "parameter " + parameter;
  }

  public float[] parameter(int i) {
    return Data.uniform("parameter " + i, -1, 1, size);
  }

  /** Never near 0, where engines differ in where they add eps. */
  public float[] gradient(int i) {
    return Data.uniform("gradient " + i, 0.1, 1, size);
  }

  @Override
  public String family() {
    return "Elementwise";
  }

  @Override
  public Map<String, Integer> results() {
    Map<String, Integer> results = new LinkedHashMap<>();
    for (int i = 0; i < parameters; i++) {
      results.put(result(i), COMPARED_STEPS);
    }
    return results;
  }
}
