package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.RecurrentSpec;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The sequences of a batch in the order in which they are computed, the longest first: those that
 * still have a step to do are always the first few.
 */
final class Sequences {
  private final RecurrentSpec spec;
  private final int @Nullable [] lengths;
  private final int lengthsAt;
  private final int @Nullable [] order;

  Sequences(RecurrentSpec spec, @Nullable Buffer lengths) {
    this.spec = spec;
    if (lengths == null) {
      this.lengths = null;
      lengthsAt = 0;
      order = null;
    } else {
      int[] values = CpuBuffer.ints(lengths);
      int at = CpuBuffer.offset(lengths);
      this.lengths = values;
      lengthsAt = at;
      order =
          IntStream.range(0, spec.batch())
              .boxed()
              .sorted(Comparator.comparingInt(b -> -values[at + b]))
              .mapToInt(b -> b)
              .toArray();
    }
  }

  /** Whether all have all steps, and so are in the order of the batch. */
  boolean areWhole() {
    return order == null;
  }

  /** Which sequence of the batch the {@code i}-th one is. */
  int at(int i) {
    return order == null ? i : order[i];
  }

  /** How many steps a sequence of the batch has. */
  int length(int sequence) {
    return lengths == null ? spec.steps() : lengths[lengthsAt + sequence];
  }

  /** How many of the sequences {@code from … to - 1}, in order, have a step of this number. */
  int active(int step, int from, int to) {
    if (lengths == null) {
      return to - from;
    }
    int end = to;
    while (end > from && length(at(end - 1)) <= step) {
      end--;
    }
    return end - from;
  }

  /** The row of what is a sequence's {@code step}-th step in the direction of reading. */
  int row(int step, int sequence) {
    return spec.row(spec.reverse() ? length(sequence) - 1 - step : step, sequence);
  }
}
