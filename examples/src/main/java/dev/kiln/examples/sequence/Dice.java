package dev.kiln.examples.sequence;

import dev.kiln.Generator;
import java.util.List;

/** Random choices for data that a demo makes itself, the same for a seed on every JVM. */
final class Dice {
  private final Generator numbers;

  /**
   * @param seed of the demo; weights are drawn from another sequence
   */
  Dice(long seed) {
    numbers = new Generator(~seed);
  }

  /** From 0 up to 1, without it. */
  double uniform() {
    return numbers.uniform(1, 0, 1)[0];
  }

  /** From 0 up to {@code n}, without it. */
  int below(int n) {
    // a float just below 1 times n may round up to n
    return Math.min(n - 1, (int) (uniform() * n));
  }

  /** From {@code least} to {@code most}. */
  int between(int least, int most) {
    return least + below(most - least + 1);
  }

  /** Whether something of this probability happens. */
  boolean happens(double probability) {
    return uniform() < probability;
  }

  <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  /** 0 to {@code n - 1} in random order. */
  int[] permutation(int n) {
    return numbers.permutation(n);
  }
}
