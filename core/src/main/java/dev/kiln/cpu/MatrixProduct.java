package dev.kiln.cpu;

import dev.kiln.cpu.Scratch.Role;
import dev.kiln.cpu.Start.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products: operands packed into panels, the result computed tile by tile, blocks of tiles
 * shared out over the workers.
 *
 * <p>Every element of the result is one chain of multiply-adds along {@code k}, cut at places that
 * depend on {@code k} alone: the number of threads changes no bit of it.
 */
final class MatrixProduct {
  /** Products with fewer multiplications than this run on the calling thread. */
  static final long WORTH_SHARING = 1 << 19;

  private static final int DEPTH_AT_ONCE = 8 * Packed.DEPTH;
  private static final int LEFT_AT_ONCE = 1 << 20;
  private static final int RIGHT_AT_ONCE = 1 << 22;

  /** The largest right operand that is read where it lies, in elements. */
  private static final int READ_IN_PLACE = 1 << 16;

  /** How much of the left operand is worth a thread's packing, in elements. */
  private static final int PACK = 1 << 13;

  private final Tiles tiles;
  private final Workers workers;
  private final float[] zeros;

  /** Where the rows of a packed right panel lie. */
  private final int[] rowsOfPanel;

  MatrixProduct(Tiles tiles, Workers workers) {
    this.tiles = tiles;
    this.workers = workers;
    zeros = new float[tiles.columns()];
    rowsOfPanel = multiples(tiles.columns(), Packed.DEPTH);
  }

  /** The places of rows that lie at a fixed distance from each other. */
  static int[] multiples(int distance, int count) {
    int[] places = new int[count];
    for (int i = 0; i < count; i++) {
      places[i] = i * distance;
    }
    return places;
  }

  Tiles tiles() {
    return tiles;
  }

  /** Computes {@code c = start + a b}; the rows of {@code c} are contiguous. */
  void multiply(Matrix a, Matrix b, Matrix c, Start start) {
    multiply(a, b, c, start, Finish.NONE);
  }

  /** Computes {@code c = finish(start + a b)}; the rows of {@code c} are contiguous. */
  void multiply(Matrix a, Matrix b, Matrix c, Start start, Finish finish) {
    int k = a.columns();
    boolean few = c.rows() <= tiles.rows() && k <= DEPTH_AT_ONCE;
    boolean small = (long) k * c.columns() <= READ_IN_PLACE;
    boolean any = k > 0 && c.rows() > 0 && c.columns() >= tiles.lanes();
    if (b.columnStride() == 1 && any && (few || small)) {
      multiplyInPlace(a, b, c, start, finish);
    } else {
      multiply(a.left(tiles), b.right(tiles), k, c, start, finish);
    }
  }

  /**
   * Reads b where it lies, all but the last columns: where each of its elements is used once, and
   * where it fits into the cache as it is.
   */
  private void multiplyInPlace(Matrix a, Matrix b, Matrix c, Start start, Finish finish) {
    int k = a.columns();
    // a vector that is left over is one more panel, read in part a second time
    int panels = (c.columns() + tiles.columns() - tiles.lanes()) / tiles.columns();
    int done = Math.min(panels * tiles.columns(), c.columns());
    boolean share = workers.size() > 1 && (long) c.rows() * c.columns() * k >= WORTH_SHARING;
    Packed left = Packed.left(tiles, c.rows(), k);
    int grain = share ? Math.max(1, PACK / left.unit() / k) : left.count();
    Operand rows = a.left(tiles);
    workers.rows(left.count(), grain, (from, to) -> left.pack(rows, 0, 0, from, to));
    int[] places = multiples(b.rowStride(), left.step());
    int wanted = share ? 4 * workers.size() : 1;
    int across = Math.min(panels, wanted);
    int down = Math.min(left.count(), (wanted + across - 1) / across);
    Workers.Task task =
        i -> {
          int top = left.count() * (i / across) / down;
          int bottom = left.count() * (i / across + 1) / down;
          int first = panels * (i % across) / across;
          int end = panels * (i % across + 1) / across;
          for (int depth = 0; depth < k; depth += left.step()) {
            Start here = depth == 0 ? start : Start.RESULT;
            int length = Math.min(left.step(), k - depth);
            for (int q = first; q < end; q++) {
              int j = q * tiles.columns();
              int at = b.at(depth, j);
              int second = at + tiles.lanes();
              float[] right = b.data();
              for (int t = top; t < bottom; t++) {
                int row = t * left.unit();
                int width = Math.min(tiles.columns(), c.columns() - j);
                tile(left, t, depth, length, right, at, second, places, 0, c, row, j, width, here);
              }
            }
          }
          int height = linesOf(left, top, bottom);
          int column = first * tiles.columns();
          int width = Math.min(end * tiles.columns(), c.columns()) - column;
          int corner = c.at(top * left.unit(), column);
          finish.rows(c.data(), corner, c.rowStride(), height, width);
        };
    if (share) {
      workers.run(down * across, task);
    } else {
      task.run(0);
    }
    if (done < c.columns()) {
      Packed right = Packed.right(tiles, c.columns() - done, k);
      right.pack(b.right(tiles), done, 0, 0, 1);
      tiles(left, right, c, 0, done, start, finish, 0, left.count(), 0, 1);
    }
  }

  /** Computes {@code c = finish(start + left right)}, with {@code k} products to an element. */
  private void multiply(Operand left, Operand right, int k, Matrix c, Start start, Finish finish) {
    int m = c.rows();
    int n = c.columns();
    if (m == 0 || n == 0) {
      return;
    }
    if (k == 0) {
      fill(c, start);
      finish.rows(c.data(), c.offset(), c.rowStride(), m, n);
      return;
    }
    boolean share = workers.size() > 1 && (long) m * n * k >= WORTH_SHARING;
    int depths = Math.min(k, DEPTH_AT_ONCE);
    int rows = Math.max(1, LEFT_AT_ONCE / depths / tiles.rows()) * tiles.rows();
    int columns = Math.max(1, RIGHT_AT_ONCE / depths / tiles.columns()) * tiles.columns();
    for (int depth = 0; depth < k; depth += depths) {
      int length = Math.min(depths, k - depth);
      Start from = depth == 0 ? start : Start.RESULT;
      Finish then = depth + length == k ? finish : Finish.NONE;
      for (int j = 0; j < n; j += columns) {
        Packed packedRight = Packed.right(tiles, Math.min(columns, n - j), length);
        for (int i = 0; i < m; i += rows) {
          Packed packedLeft = Packed.left(tiles, Math.min(rows, m - i), length);
          pack(packedLeft, left, i, packedRight, i == 0 ? right : null, j, depth, share);
          compute(packedLeft, packedRight, c, i, j, from, then, share);
        }
      }
    }
  }

  private void pack(
      Packed packedLeft,
      Operand left,
      int row,
      Packed packedRight,
      @Nullable Operand right,
      int column,
      int depth,
      boolean share) {
    int leftPanels = packedLeft.count();
    int rightPanels = right == null ? 0 : packedRight.count();
    int leftTasks = share ? Math.min(leftPanels, 2 * workers.size()) : 1;
    int rightTasks = share ? Math.min(rightPanels, 2 * workers.size()) : Math.min(rightPanels, 1);
    Workers.Task task =
        i -> {
          if (i < leftTasks) {
            int from = leftPanels * i / leftTasks;
            packedLeft.pack(left, row, depth, from, leftPanels * (i + 1) / leftTasks);
          } else if (right != null) {
            int from = rightPanels * (i - leftTasks) / rightTasks;
            int to = rightPanels * (i - leftTasks + 1) / rightTasks;
            packedRight.pack(right, column, depth, from, to);
          }
        };
    if (share) {
      workers.run(leftTasks + rightTasks, task);
    } else {
      for (int i = 0; i < leftTasks + rightTasks; i++) {
        task.run(i);
      }
    }
  }

  private void compute(
      Packed left,
      Packed right,
      Matrix c,
      int row,
      int column,
      Start start,
      Finish finish,
      boolean share) {
    if (!share) {
      tiles(left, right, c, row, column, start, finish, 0, left.count(), 0, right.count());
      return;
    }
    // Blocks of up to 12 tiles keep their part of the left operand in the second-level cache.
    int wanted = 4 * workers.size();
    int down = Math.min(left.count(), Math.max((left.count() + 11) / 12, wanted));
    int across = Math.min(right.count(), (wanted + down - 1) / down);
    workers.run(
        down * across,
        task -> {
          int i = task / across;
          int j = task % across;
          tiles(
              left,
              right,
              c,
              row,
              column,
              start,
              finish,
              left.count() * i / down,
              left.count() * (i + 1) / down,
              right.count() * j / across,
              right.count() * (j + 1) / across);
        });
  }

  /**
   * The part of {@code c} that left panels {@code leftFrom … leftTo - 1} and right panels {@code
   * rightFrom … rightTo - 1} make, on this thread. {@code row} and {@code column} are where in c
   * the first panels lie.
   */
  void tiles(
      Packed left,
      Packed right,
      Matrix c,
      int row,
      int column,
      Start start,
      Finish finish,
      int leftFrom,
      int leftTo,
      int rightFrom,
      int rightTo) {
    for (int depth = 0; depth < left.k(); depth += left.step()) {
      int k = Math.min(left.step(), left.k() - depth);
      Start from = depth == 0 ? start : Start.RESULT;
      for (int q = rightFrom; q < rightTo; q++) {
        int j = column + q * tiles.columns();
        int width = right.linesOf(q);
        int at = right.offsetOf(q, depth);
        for (int t = leftFrom; t < leftTo; t++) {
          int i = row + t * left.unit();
          int second = at + tiles.lanes();
          tile(left, t, depth, k, right.data(), at, second, rowsOfPanel, 0, c, i, j, width, from);
        }
      }
    }
    int rows = linesOf(left, leftFrom, leftTo);
    int width = linesOf(right, rightFrom, rightTo);
    int first = c.at(row + leftFrom * left.unit(), column + rightFrom * right.unit());
    finish.rows(c.data(), first, c.rowStride(), rows, width);
  }

  /** How many lines the panels {@code from … to - 1} have together. */
  private static int linesOf(Packed packed, int from, int to) {
    return to > from ? (to - 1 - from) * packed.unit() + packed.linesOf(to - 1) : 0;
  }

  /**
   * One tile of {@code c}, at (i, j), of {@code width} columns side by side. If they are more than
   * a vector and less than two, the second one begins inside the first: both have the same there.
   */
  private void tile(
      Packed left,
      int panel,
      int depth,
      int k,
      float[] right,
      int b0,
      int b1,
      int[] places,
      int place,
      Matrix c,
      int i,
      int j,
      int width,
      Start start) {
    int lanes = tiles.lanes();
    int at = c.at(i, j);
    int back = width > lanes ? tiles.columns() - width : 0;
    tile(
        left,
        panel,
        depth,
        k,
        right,
        b0,
        b1 - back,
        places,
        place,
        c.data(),
        at,
        at + lanes - back,
        c.rowStride(),
        Math.min(width, lanes),
        width - lanes + back,
        start,
        i,
        j);
  }

  /**
   * One tile, straight, or through scratch where it sticks out.
   *
   * @param c0 where the first vector of its first row goes in {@code c}
   * @param c1 where the second one goes
   * @param stride from row to row of {@code c}
   * @param width0 how many elements of the first vector are wanted
   * @param width1 likewise of the second; none if it is not positive
   * @param row the tile's first row in the whole result, which tells the bias of a row
   * @param column its first column, likewise
   */
  void tile(
      Packed left,
      int panel,
      int depth,
      int k,
      float[] right,
      int b0,
      int b1,
      int[] places,
      int place,
      float[] c,
      int c0,
      int c1,
      int stride,
      int width0,
      int width1,
      Start start,
      int row,
      int column) {
    int rows = left.linesOf(panel);
    int height = left.widthOf(panel);
    int lanes = tiles.lanes();
    int columns = tiles.columns();
    boolean whole = rows == height && width0 == lanes && (width1 == lanes || width1 <= 0);
    float[] target = whole ? c : Scratch.ofThread().array(Role.TILE, tiles.rows() * columns);
    int to0 = whole ? c0 : 0;
    int to1 = whole ? c1 : lanes;
    int toStride = whole ? stride : columns;
    float[] source = target;
    int from0 = to0;
    int from1 = to1;
    int fromStride = toStride;
    if (start.kind() == Kind.ZERO) {
      source = zeros;
      from0 = 0;
      from1 = 0;
      fromStride = 0;
    } else if (!whole) {
      load(start, c, c0, stride, rows, width0, row, column, target, 0);
      load(start, c, c1, stride, rows, width1, row, column + c1 - c0, target, lanes);
    } else if (start.kind() == Kind.BIAS_PER_COLUMN) {
      source = start.bias();
      from0 = start.offset() + column;
      from1 = from0 + c1 - c0;
      fromStride = 0;
    } else if (start.kind() == Kind.BIAS_PER_ROW) {
      source = start.bias();
      from0 = row * start.offset();
      from1 = from0;
      fromStride = start.offset();
    }
    float[] a = left.data();
    int ao = left.offsetOf(panel, depth);
    if (width1 > 0) {
      tiles.tile(
          height,
          k,
          a,
          ao,
          right,
          b0,
          b1,
          places,
          place,
          source,
          from0,
          from1,
          fromStride,
          target,
          to0,
          to1,
          toStride);
    } else {
      tiles.narrowTile(
          height,
          k,
          a,
          ao,
          right,
          b0,
          places,
          place,
          source,
          from0,
          fromStride,
          target,
          to0,
          toStride);
    }
    if (!whole) {
      for (int r = 0; r < rows; r++) {
        System.arraycopy(target, r * columns, c, c0 + r * stride, width0);
        if (width1 > 0) {
          System.arraycopy(target, r * columns + lanes, c, c1 + r * stride, width1);
        }
      }
    }
  }

  private void load(
      Start start,
      float[] c,
      int at,
      int stride,
      int rows,
      int width,
      int row,
      int column,
      float[] values,
      int to) {
    for (int r = 0; r < rows && width > 0; r++) {
      start.fill(row + r, column, c, at + r * stride, width, values, to + r * tiles.columns());
    }
  }

  private static void fill(Matrix c, Start start) {
    for (int i = 0; i < c.rows(); i++) {
      int at = c.at(i, 0);
      start.fill(i, 0, c.data(), at, c.columns(), c.data(), at);
    }
  }
}
