package dev.kiln.cpu;

import java.util.Arrays;

/**
 * Images laid out so that a convolution reads the patches of neighbouring output pixels where they
 * lie, without the matrix of all patches ("im2col") ever being made.
 *
 * <pre>
 *   [image][channel][kernel column][row][output column]
 * </pre>
 *
 * For each kernel column there is a copy of the rows, shifted by it and as wide as the output: then
 * output pixels follow each other without gaps, and a kernel row is a shift by whole rows. With a
 * stride, every stride-th row comes first, then those after them, and so on.
 */
final class Planes {
  private final Window window;
  private final Tiles tiles;
  private final int rows;
  private final int phaseRows;
  private final int plane;
  private final int[] places;

  /**
   * @param outRows the most rows of output pixels of one image that are asked for
   */
  Planes(Window window, Tiles tiles, int outRows) {
    this.window = window;
    this.tiles = tiles;
    rows = window.paddedRows(outRows);
    int stride = window.strideHeight();
    phaseRows = (rows + stride - 1) / stride;
    plane = Math.multiplyExact(phaseRows * stride, window.outWidth());
    places = new int[window.patch()];
    for (int p = 0; p < places.length; p++) {
      int column = p % window.kernelWidth();
      int row = p / window.kernelWidth() % window.kernelHeight() * window.dilationHeight();
      int channel = p / window.kernelWidth() / window.kernelHeight();
      int phase = row % stride * phaseRows + row / stride;
      places[p] = (channel * window.kernelWidth() + column) * plane + phase * window.outWidth();
    }
  }

  /** Where row {@code p} of the patches begins, counted from the first output pixel's place. */
  int[] places() {
    return places;
  }

  /** How much room an image takes. */
  int size() {
    return Math.multiplyExact(window.channels() * window.kernelWidth(), plane);
  }

  /**
   * How much room images of a window take, without laying them out.
   *
   * @return elements, as a {@code long}
   */
  static long sizeOf(Window window, int outRows) {
    long rows = window.paddedRows(outRows) + window.strideHeight() - 1L;
    return window.channels() * (long) window.kernelWidth() * rows * window.outWidth();
  }

  /**
   * Lays out one image.
   *
   * @param at of its first channel in {@code image}
   * @param outRow the first row of output pixels wanted
   * @param outRows how many are wanted
   */
  void lay(float[] image, int at, int outRow, int outRows, float[] target, int to) {
    int firstRow = outRow * window.strideHeight() - window.top();
    int count = window.paddedRows(outRows);
    boolean inside =
        window.left() == 0
            && window.spreadWidth() == 1
            && window.spreadHeight() == 1
            && window.paddedColumns() <= window.inWidth()
            && firstRow >= 0
            && firstRow + count <= window.inHeight();
    int width = window.paddedColumns();
    float[] padded =
        inside
            ? image
            : Scratch.ofThread().array(Scratch.Role.IMAGE, (rows + 1) * width + tiles.lanes());
    for (int c = 0; c < window.channels(); c++) {
      int from = at + c * window.inPixels();
      int step = window.inWidth();
      if (inside) {
        from += firstRow * step;
      } else {
        pad(image, from, firstRow, count, padded, width);
        from = 0;
        step = width;
      }
      for (int j = 0; j < window.kernelWidth(); j++) {
        int planeTo = to + (c * window.kernelWidth() + j) * plane;
        shift(padded, from + j * window.dilationWidth(), step, count, target, planeTo);
      }
    }
  }

  /** The rows of one kernel column. */
  private void shift(float[] source, int from, int step, int count, float[] target, int to) {
    int stride = window.strideHeight();
    int width = window.outWidth();
    for (int phase = 0; phase < Math.min(stride, count); phase++) {
      int some = (count - phase + stride - 1) / stride;
      int first = from + phase * step;
      int place = to + phase * phaseRows * width;
      if (window.strideWidth() == 1) {
        tiles.copyRows(source, first, stride * step, some, width, target, place, width);
      } else {
        for (int i = 0; i < some; i++) {
          for (int x = 0; x < width; x++) {
            int column = x * window.strideWidth();
            target[place + i * width + x] = source[first + i * stride * step + column];
          }
        }
      }
    }
  }

  /** One channel's rows with zeros around them. */
  private void pad(float[] image, int from, int firstRow, int count, float[] padded, int width) {
    int spread = window.spreadWidth();
    int first = window.firstColumn();
    int taken = Math.max(0, Math.min(window.inWidth(), window.endColumn(width)) - first);
    int margin = Math.min(width, Math.max(0, first * spread + window.left()));
    if (spread > 1 || window.spreadHeight() > 1 || taken == 0) {
      padSlowly(image, from, firstRow, count, padded, width, first, taken, margin);
      return;
    }
    int above = Math.min(count, Math.max(0, -firstRow));
    int end = Math.max(above, Math.min(count, window.inHeight() - firstRow));
    Arrays.fill(padded, 0, above * width + margin, 0);
    if (end > above) {
      int source = from + (firstRow + above) * window.inWidth() + first;
      int to = above * width + margin;
      tiles.copyRows(image, source, window.inWidth(), end - above, taken, padded, to, width);
    }
    Arrays.fill(padded, end * width, count * width, 0);
  }

  private void padSlowly(
      float[] image,
      int from,
      int firstRow,
      int count,
      float[] padded,
      int width,
      int first,
      int taken,
      int margin) {
    Arrays.fill(padded, 0, count * width, 0);
    for (int y = 0; y < count; y++) {
      int row = window.inRow(firstRow + y);
      for (int x = 0; row >= 0 && x < taken; x++) {
        padded[y * width + margin + x * window.spreadWidth()] =
            image[from + row * window.inWidth() + first + x];
      }
    }
  }
}
