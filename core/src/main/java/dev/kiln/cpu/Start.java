package dev.kiln.cpu;

import java.util.Arrays;

/**
 * What a product is added to: nothing, a bias, or what the result already holds.
 *
 * @param kind where the start values come from
 * @param bias the bias, for the two kinds that have one
 * @param offset of the bias's first element; for a bias per row, the distance between its values
 */
record Start(Kind kind, float[] bias, int offset) {
  static final Start ZERO = new Start(Kind.ZERO, new float[0], 0);

  /** The result's own contents: the product is accumulated. */
  static final Start RESULT = new Start(Kind.RESULT, new float[0], 0);

  enum Kind {
    ZERO,
    BIAS_PER_COLUMN,
    BIAS_PER_ROW,
    RESULT
  }

  /** One value for each column of the result, as in a linear layer. */
  static Start perColumn(float[] bias, int offset) {
    return new Start(Kind.BIAS_PER_COLUMN, bias, offset);
  }

  /**
   * One value for each row of the result, as in a convolution. The values are spread out in the
   * thread's scratch, each to a whole row of a tile.
   *
   * @param columns of a tile
   */
  static Start perRow(float[] bias, int offset, int rows, int columns) {
    float[] spread = Scratch.ofThread().array(Scratch.Role.START, rows * columns);
    for (int i = 0; i < rows; i++) {
      Arrays.fill(spread, i * columns, (i + 1) * columns, bias[offset + i]);
    }
    return new Start(Kind.BIAS_PER_ROW, spread, columns);
  }

  /**
   * Writes the start values of {@code width} elements of a row, from {@code column} on.
   *
   * @param present the result, which has these elements from {@code from} on
   */
  void fill(int row, int column, float[] present, int from, int width, float[] values, int to) {
    switch (kind) {
      case ZERO -> Arrays.fill(values, to, to + width, 0);
      case BIAS_PER_COLUMN -> System.arraycopy(bias, offset + column, values, to, width);
      case BIAS_PER_ROW -> Arrays.fill(values, to, to + width, bias[row * offset]);
      case RESULT -> System.arraycopy(present, from, values, to, width);
    }
  }
}
