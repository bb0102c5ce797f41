package dev.kiln.cpu;

/**
 * Lines of an operand rearranged so that {@link Tiles} reads them from front to back: blocks along
 * the summed dimension, in a block panel after panel, in a panel for each {@code p} its lines.
 *
 * <pre>
 *   [block][panel][p of the block][line of the panel]
 * </pre>
 *
 * A left operand has panels as high as {@link Tiles#evenHeight} tells, and a lower one at the end;
 * a right one has panels of {@link Tiles#columns}, the last padded with zeros.
 */
final class Packed {
  /** How long a block may be: a right panel of it leaves room for a left one in 32 KB. */
  static final int DEPTH = 192;

  private final Tiles tiles;
  private final boolean left;
  private final int unit;
  private final int lines;
  private final int padded;
  private final int k;
  private final int step;
  private final float[] data;

  private Packed(Tiles tiles, boolean left, int lines, int k, Scratch.Role role) {
    this.tiles = tiles;
    this.left = left;
    this.lines = lines;
    this.k = k;
    unit = left ? tiles.evenHeight(lines) : tiles.columns();
    int last = (count() - 1) * unit;
    padded = last + (left ? tiles.heightFor(lines - last) : unit);
    step = step(k);
    data = Scratch.ofThread().array(role, Math.multiplyExact(padded, k) + tiles.columns());
  }

  /** The length of a block along k, but for the last; settled by k alone. */
  static int step(int k) {
    int pieces = (k + DEPTH - 1) / DEPTH;
    return (k + pieces - 1) / pieces;
  }

  /** Room, in the thread's scratch, for the left operand of a product. */
  static Packed left(Tiles tiles, int rows, int k) {
    return new Packed(tiles, true, rows, k, Scratch.Role.LEFT);
  }

  /** Room for the right operand. */
  static Packed right(Tiles tiles, int columns, int k) {
    return right(tiles, columns, k, Scratch.Role.RIGHT);
  }

  /** Room for the right operand where others are in use. */
  static Packed right(Tiles tiles, int columns, int k, Scratch.Role role) {
    return new Packed(tiles, false, columns, k, role);
  }

  float[] data() {
    return data;
  }

  /** How many lines there is room for in all panels together. */
  int padded() {
    return padded;
  }

  int k() {
    return k;
  }

  /** How many lines a panel has, but for the last. */
  int unit() {
    return unit;
  }

  /** How many lines, padding not counted. */
  int lines() {
    return lines;
  }

  int step() {
    return step;
  }

  /** How many panels. */
  int count() {
    return (lines + unit - 1) / unit;
  }

  /** How many lines a panel has, padding not counted. */
  int linesOf(int panel) {
    return Math.min(unit, lines - panel * unit);
  }

  /** How many lines a panel has room for. */
  int widthOf(int panel) {
    return left ? tiles.heightFor(linesOf(panel)) : unit;
  }

  /** Where a panel begins, in the block that begins at {@code depth}. */
  int offsetOf(int panel, int depth) {
    return depth * padded + panel * unit * Math.min(step, k - depth);
  }

  /**
   * Packs panels {@code from … to - 1}: lines of {@code operand} from {@code line} on. Panels are
   * filled in the order of memory, since an operand may write a little beyond its own.
   */
  void pack(Operand operand, int line, int depth, int from, int to) {
    for (int p = 0; p < k; p += step) {
      int length = Math.min(step, k - p);
      for (int panel = from; panel < to; panel++) {
        int count = linesOf(panel);
        int width = widthOf(panel);
        int offset = offsetOf(panel, p);
        operand.pack(line + panel * unit, count, depth + p, length, data, offset, width);
        for (int i = count; i < width; i++) {
          for (int q = 0; q < length; q++) {
            data[offset + q * width + i] = 0;
          }
        }
      }
    }
  }
}
