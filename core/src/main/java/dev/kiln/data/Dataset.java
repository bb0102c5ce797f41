package dev.kiln.data;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import java.util.Objects;

/**
 * Samples that can be had by their number: an input of some shape and the class that it is of. The
 * loader reads from a thread of its own.
 */
public interface Dataset {
  /** How many samples. */
  int size();

  /** The shape of one input: {@code [1, 28, 28]}. */
  Shape inputShape();

  /** Copies an input to {@code destination}, row-major, from {@code offset} on. */
  void read(int index, float[] destination, int offset);

  /** The class of a sample. */
  int target(int index);

  /** The first {@code n} samples, or all where there are fewer. */
  default Dataset take(int n) {
    if (n < 0) {
      throw new IllegalArgumentException("take: " + n + " samples; at least 0 can be taken");
    }
    return n >= size() ? this : slice(0, n);
  }

  /**
   * Samples {@code from} (inclusive) to {@code to} (exclusive): to hold some back for validation.
   *
   * @throws IndexOutOfBoundsException if there are not as many
   */
  default Dataset slice(int from, int to) {
    Objects.checkFromToIndex(from, to, size());
    return new Part(this, from, to - from);
  }

  /**
   * A dataset over arrays, no copy.
   *
   * @param inputs one input after the other
   * @param inputShape of one input
   * @throws ShapeException if there is not one input for each target
   */
  static Dataset of(float[] inputs, int[] targets, int... inputShape) {
    Shape shape = Shape.of(inputShape);
    if ((long) shape.size() * targets.length != inputs.length) {
      throw new ShapeException(
          "Dataset.of: "
              + targets.length
              + " inputs of "
              + shape
              + " have "
              + (long) shape.size() * targets.length
              + " values, not "
              + inputs.length);
    }
    return new InMemory(inputs, targets, shape);
  }
}
