package dev.kiln;

import dev.kiln.backend.StridedCopy;
import org.jspecify.annotations.Nullable;

/**
 * Where integers in a recording come from that are looked up by: a step does not read its labels
 * back to check them, so what it asks of them is asked of the input that they were taken from.
 *
 * @param positions of which elements of the input they are copies; null for all, in order
 */
record Origin(FixedInput input, int @Nullable [] positions) {
  private int position(int at) {
    return positions == null ? at : positions[at];
  }

  Origin run(int offset, int size) {
    return picked(new StridedCopy(new int[] {size}, offset, new int[] {1}, 0, new int[] {1}));
  }

  /** That of the destination, all of which is written. */
  Origin picked(StridedCopy copy) {
    int[] extents = copy.extents();
    int[] from = new int[copy.size()];
    for (int i = 0; i < from.length; i++) {
      int source = copy.sourceOffset();
      int destination = copy.destinationOffset();
      int rest = i;
      for (int d = extents.length - 1; d >= 0; d--) {
        int index = rest % extents[d];
        rest /= extents[d];
        source += index * copy.sourceStrides()[d];
        destination += index * copy.destinationStrides()[d];
      }
      from[destination] = position(source);
    }
    return new Origin(input, from);
  }

  void demand(int low, int high, int except) {
    input.demand(low, high, except, positions);
  }
}
