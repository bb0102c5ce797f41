package dev.kiln.backend;

/** Moving elements without changing them: slices, permutations, concatenation, expansion. */
public interface Copies {
  /**
   * {@code destination[destinationOffset + i·destinationStrides] = source[sourceOffset +
   * i·sourceStrides]} for every index {@code i} of {@code extents}. Source and destination have the
   * same dtype. Only what the strides reach is written; a source stride of 0 repeats.
   */
  void copy(StridedCopy copy, Buffer source, Buffer destination);
}
