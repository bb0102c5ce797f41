package dev.kiln.cpu;

/**
 * The innermost loop of every matrix product: one small tile of the result held in registers.
 *
 * <p>The left operand comes as panels of a few rows, {@code a[p * rows + r]}; the right one as
 * panels of {@link #columns()} columns, {@code b[p * bStride + j]}. Each element of the tile is the
 * chain {@code start + a0 b0 + a1 b1 + …} in the order of {@code p}, whatever the tile's height:
 * how a product is cut into tiles never changes a bit of it.
 */
interface Tiles {
  /** Rows of a full tile. */
  int rows();

  /** Columns of a full tile, and of every panel of the right operand. */
  int columns();

  /** The lowest tile there is that holds so many rows, {@code 1..rows()}. */
  int heightFor(int rows);

  /**
   * Computes {@code c = start + a b} for one tile. The last two thirds of the arguments are an
   * array, the offset of its first element and the distance between its rows.
   *
   * @param height a value of {@link #heightFor}
   * @param width how many columns are wanted; the tile may compute and store up to {@link
   *     #columns()} of them
   */
  void tile(
      int height,
      int width,
      int k,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      int bStride,
      float[] start,
      int startOffset,
      int startStride,
      float[] c,
      int cOffset,
      int cStride);

  /** How many elements {@link #copyRuns} copies at once. */
  int lanes();

  /**
   * Packs a panel from short runs of a source: for {@code p < k} and each run {@code r}, {@link
   * #lanes} elements from {@code source[depths[depth + p] + runs[2 r]]} on to {@code panel[offset +
   * p * width + runs[2 r + 1]]} on. What is copied beyond a run's length is written over by the
   * next, so runs lie in order.
   */
  void copyRuns(
      float[] source,
      int[] depths,
      int depth,
      int k,
      int[] runs,
      int runCount,
      float[] panel,
      int offset,
      int width);
}
