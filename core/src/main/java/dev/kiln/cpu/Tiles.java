package dev.kiln.cpu;

import org.jspecify.annotations.Nullable;

/**
 * The innermost loop of every matrix product and convolution: one small tile of the result held in
 * registers.
 *
 * <p>A tile is some rows high and two vectors wide; the vectors need not lie side by side. The left
 * operand comes as a panel, {@code a[p * height + r]}; row {@code p} of the right one is where a
 * table says, {@code b[b0 + places[p] …]}, so that patches of an image are read where they lie.
 * Each element is the chain {@code start + a0 b0 + a1 b1 + …} in the order of {@code p}, whatever
 * the tile's height: how a product is cut into tiles never changes a bit of it.
 */
interface Tiles {
  /** Rows of the tallest tile. */
  int rows();

  /** How many elements a vector has. */
  int lanes();

  /** Columns of a tile: two vectors. */
  default int columns() {
    return 2 * lanes();
  }

  /** The lowest tile there is that holds so many rows, {@code 1..rows()}. */
  int heightFor(int rows);

  /** The height of tiles that share out so many rows most evenly. */
  default int evenHeight(int total) {
    int panels = Math.max(1, (total + rows() - 1) / rows());
    return heightFor(Math.max(1, (total + panels - 1) / panels));
  }

  /**
   * Computes {@code c = start + a b} for one tile.
   *
   * @param height a value of {@link #heightFor}
   * @param k how many products an element is the sum of
   * @param ao where the panel begins in {@code a}
   * @param b0 where the first vector of a row of {@code b} is, before {@code places} is added
   * @param b1 where the second one is
   * @param places for each {@code p} what is added to {@code b0} and {@code b1}
   * @param place the first one that counts
   * @param s0 where the start of the first row's first vector is in {@code s}
   * @param s1 likewise of its second
   * @param ss the distance from row to row in {@code s}
   * @param c0 where the first row's first vector goes in {@code c}; {@code c1}, {@code cs} likewise
   */
  void tile(
      int height,
      int k,
      float[] a,
      int ao,
      float[] b,
      int b0,
      int b1,
      int[] places,
      int place,
      float[] s,
      int s0,
      int s1,
      int ss,
      float[] c,
      int c0,
      int c1,
      int cs);

  /** The same for a tile of one vector. */
  void narrowTile(
      int height,
      int k,
      float[] a,
      int ao,
      float[] b,
      int b0,
      int[] places,
      int place,
      float[] s,
      int s0,
      int ss,
      float[] c,
      int c0,
      int cs);

  /**
   * Copies {@code count} rows of {@code width} elements, {@code step} apart in {@code source},
   * {@code toStep} apart in {@code target}; what lies between them there becomes zero. Up to {@link
   * #lanes} − 1 elements after the last are overwritten.
   */
  void copyRows(
      float[] source, int from, int step, int count, int width, float[] target, int to, int toStep);

  /**
   * A product of so few elements that packing it for tiles would take longest: each of {@code c} is
   * {@code start[column]}, or 0, plus its chain.
   *
   * @param cEnd up to where {@code c} may be overwritten behind its last row
   */
  void small(
      Matrix a, Matrix b, float @Nullable [] start, int startAt, float[] c, int cAt, int cEnd);
}
