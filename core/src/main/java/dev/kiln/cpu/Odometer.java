package dev.kiln.cpu;

/** Counts through all dimensions but the last, and keeps where two operands then are. */
final class Odometer {
  private final int[] extents;
  private final int[] firstStrides;
  private final int[] secondStrides;
  private final int[] index;
  private int first;
  private int second;

  /**
   * @param row which row to begin with, counted in row-major order
   */
  Odometer(int[] extents, int[] firstStrides, int[] secondStrides, int row) {
    this.extents = extents;
    this.firstStrides = firstStrides;
    this.secondStrides = secondStrides;
    index = new int[extents.length - 1];
    int rest = row;
    for (int d = index.length - 1; d >= 0; d--) {
      index[d] = rest % extents[d];
      rest /= extents[d];
      first += index[d] * firstStrides[d];
      second += index[d] * secondStrides[d];
    }
  }

  /** Where the first operand's row begins. */
  int first() {
    return first;
  }

  /** Where the second operand's row begins. */
  int second() {
    return second;
  }

  void next() {
    for (int d = index.length - 1; d >= 0; d--) {
      first += firstStrides[d];
      second += secondStrides[d];
      if (++index[d] < extents[d]) {
        return;
      }
      first -= index[d] * firstStrides[d];
      second -= index[d] * secondStrides[d];
      index[d] = 0;
    }
  }
}
