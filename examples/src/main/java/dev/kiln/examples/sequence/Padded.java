package dev.kiln.examples.sequence;

import dev.kiln.ops.CrossEntropy;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences of different lengths side by side, row-major {@code [sequences, steps]}, filled up to
 * the longest.
 *
 * @param lengths of each sequence
 */
record Padded(int[] ids, int[] lengths, int steps) {
  /** Targets past a sequence's end count for nothing. */
  static final int NO_TARGET = CrossEntropy.IGNORE_INDEX;

  /**
   * @param filler what stands past the end of a sequence
   */
  static Padded of(List<int[]> sequences, int filler) {
    int steps = sequences.stream().mapToInt(sequence -> sequence.length).max().orElse(0);
    int[] ids = new int[sequences.size() * steps];
    int[] lengths = new int[sequences.size()];
    Arrays.fill(ids, filler);
    for (int i = 0; i < lengths.length; i++) {
      int[] sequence = sequences.get(i);
      lengths[i] = sequence.length;
      System.arraycopy(sequence, 0, ids, i * steps, sequence.length);
    }
    return new Padded(ids, lengths, steps);
  }

  /** How many sequences. */
  int size() {
    return lengths.length;
  }

  /** The first {@code lengths[i]} of row {@code i} of something of the shape of {@link #ids}. */
  int[] row(int[] values, int i) {
    return Arrays.copyOfRange(values, i * steps, i * steps + lengths[i]);
  }
}
