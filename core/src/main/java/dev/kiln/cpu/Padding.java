package dev.kiln.cpu;

import java.util.Arrays;

/** One channel's rows with zeros around them, made only where the image's own will not do. */
final class Padding {
  private final Window window;
  private final Tiles tiles;
  private final int rows;

  /**
   * @param outRows the most rows of output pixels that are asked for
   */
  Padding(Window window, Tiles tiles, int outRows) {
    this.window = window;
    this.tiles = tiles;
    rows = window.paddedRows(outRows);
  }

  /** Whether the image itself has all that {@code outRows} rows of output pixels see. */
  boolean isNeeded(int outRow, int outRows) {
    int first = first(outRow);
    return window.left() != 0
        || window.spreadWidth() != 1
        || window.spreadHeight() != 1
        || window.paddedColumns() > window.inWidth()
        || first < 0
        || first + window.paddedRows(outRows) > window.inHeight();
  }

  /** The first row of the image that is seen; may lie above it. */
  int first(int outRow) {
    return outRow * window.strideHeight() - window.top();
  }

  /** How much room a channel takes. */
  int size() {
    return (rows + 1) * window.paddedColumns() + tiles.lanes();
  }

  /**
   * Lays out what {@code outRows} rows of output pixels see of a channel, {@link
   * Window#paddedColumns} to a row.
   *
   * @param from where the channel begins in {@code image}
   * @param outRow the first row of output pixels
   */
  void lay(float[] image, int from, int outRow, int outRows, float[] padded, int to) {
    int width = window.paddedColumns();
    pad(image, from, first(outRow), window.paddedRows(outRows), padded, to, width);
  }

  private void pad(
      float[] image, int from, int firstRow, int count, float[] padded, int at, int width) {
    int spread = window.spreadWidth();
    int first = window.firstColumn();
    int taken = Math.max(0, Math.min(window.inWidth(), window.endColumn(width)) - first);
    int margin = Math.min(width, Math.max(0, first * spread + window.left()));
    if (spread > 1 || window.spreadHeight() > 1 || taken == 0) {
      padSlowly(image, from, firstRow, count, padded, at, width, first, taken, margin);
      return;
    }
    int above = Math.min(count, Math.max(0, -firstRow));
    int end = Math.max(above, Math.min(count, window.inHeight() - firstRow));
    Arrays.fill(padded, at, at + above * width + margin, 0);
    if (end > above) {
      int source = from + (firstRow + above) * window.inWidth() + first;
      int to = at + above * width + margin;
      tiles.copyRows(image, source, window.inWidth(), end - above, taken, padded, to, width);
    }
    Arrays.fill(padded, at + end * width, at + count * width, 0);
  }

  private void padSlowly(
      float[] image,
      int from,
      int firstRow,
      int count,
      float[] padded,
      int at,
      int width,
      int first,
      int taken,
      int margin) {
    Arrays.fill(padded, at, at + count * width, 0);
    for (int y = 0; y < count; y++) {
      int row = window.inRow(firstRow + y);
      for (int x = 0; row >= 0 && x < taken; x++) {
        padded[at + y * width + margin + x * window.spreadWidth()] =
            image[from + row * window.inWidth() + first + x];
      }
    }
  }
}
