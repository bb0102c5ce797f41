package dev.kiln.cpu;

/**
 * The left operands of the products of {@link Winograd}, as panels for {@link Tiles}: {@code
 * [product][panel][p][row of the panel]}.
 */
final class WinogradPanels {
  private final Tiles tiles;
  private final int rows;
  private final int unit;
  private final int k;
  private final int room;
  private final float[] data;
  private final float[] zeros;

  /**
   * @param points how many products
   * @param k how many products an element of the result is the sum of
   */
  WinogradPanels(Tiles tiles, int points, int rows, int k, Scratch.Role role) {
    this.tiles = tiles;
    this.rows = rows;
    this.k = k;
    unit = tiles.evenHeight(rows);
    // what is written may reach a vector beyond its end, and another thread may have the next panel
    room = Math.addExact(Math.multiplyExact(unit, k), tiles.lanes());
    data = Scratch.ofThread().array(role, Math.multiplyExact(points * count(), room));
    zeros = new float[tiles.columns()];
  }

  float[] data() {
    return data;
  }

  /** How many panels. */
  int count() {
    return (rows + unit - 1) / unit;
  }

  /** How many rows a panel has, but for the last. */
  int unit() {
    return unit;
  }

  /** How many rows there is room for in all panels together. */
  int padded() {
    return padded(tiles, rows);
  }

  /** The same, without the panels. */
  static int padded(Tiles tiles, int rows) {
    int unit = tiles.evenHeight(rows);
    int whole = (rows - 1) / unit * unit;
    return whole + tiles.heightFor(rows - whole);
  }

  int linesOf(int panel) {
    return Math.min(unit, rows - panel * unit);
  }

  /** How many rows a panel has room for. */
  int widthOf(int panel) {
    return tiles.heightFor(linesOf(panel));
  }

  /** The distance from a product's panels to the next one's. */
  int pointStep() {
    return count() * room;
  }

  int offsetOf(int point, int panel) {
    return point * pointStep() + panel * room;
  }

  /** How much of k is summed at once. */
  int step() {
    return Packed.step(k);
  }

  /**
   * Two vectors, side by side, of all rows of a product.
   *
   * @param depth where the step begins that is to be summed
   * @param b0 where the first row of the right operand is for place 0
   * @param c0 where the first row of the result goes
   * @param add whether to add to what is there
   */
  void multiply(
      int point,
      int depth,
      float[] b,
      int b0,
      int[] places,
      int place,
      float[] c,
      int c0,
      int stride,
      boolean add) {
    int length = Math.min(step(), k - depth);
    int lanes = tiles.lanes();
    for (int panel = 0; panel < count(); panel++) {
      int height = widthOf(panel);
      int a = offsetOf(point, panel) + depth * height;
      int to = c0 + panel * unit * stride;
      tiles.tile(
          height,
          length,
          data,
          a,
          b,
          b0,
          b0 + lanes,
          places,
          place,
          add ? c : zeros,
          add ? to : 0,
          add ? to + lanes : 0,
          add ? stride : 0,
          c,
          to,
          to + lanes,
          stride);
    }
  }
}
