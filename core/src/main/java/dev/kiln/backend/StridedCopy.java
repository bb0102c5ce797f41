package dev.kiln.backend;

/**
 * Which elements go where. Dimensions that lie next to each other in source and destination alike
 * are merged by {@link #of}, so a plain copy has one dimension. Strides may be negative.
 *
 * @param extents at least one dimension, at most 8
 */
public record StridedCopy(
    int[] extents,
    int sourceOffset,
    int[] sourceStrides,
    int destinationOffset,
    int[] destinationStrides) {

  /** The same copy in the fewest dimensions. */
  public static StridedCopy of(
      int[] extents,
      int sourceOffset,
      int[] sourceStrides,
      int destinationOffset,
      int[] destinationStrides) {
    Merged merged = Merged.of(extents, sourceStrides, destinationStrides);
    return new StridedCopy(
        merged.extents(),
        sourceOffset,
        merged.strides()[0],
        destinationOffset,
        merged.strides()[1]);
  }

  /** All {@code size} elements, in order. */
  public static StridedCopy plain(int size) {
    return new StridedCopy(new int[] {size}, 0, new int[] {1}, 0, new int[] {1});
  }

  /** How many elements are moved. */
  public int size() {
    return Merged.size(extents);
  }
}
