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

  /** The start value of element (row, column), given the result's present value there. */
  float at(int row, int column, float present) {
    return switch (kind) {
      case ZERO -> 0;
      case BIAS_PER_COLUMN -> bias[offset + column];
      case BIAS_PER_ROW -> bias[row * offset];
      case RESULT -> present;
    };
  }
}
