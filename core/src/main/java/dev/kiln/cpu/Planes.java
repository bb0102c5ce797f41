package dev.kiln.cpu;

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
  private final Padding padding;
  private final int phaseRows;
  private final int plane;
  private final int[] places;

  /**
   * @param outRows the most rows of output pixels of one image that are asked for
   */
  Planes(Window window, Tiles tiles, int outRows) {
    this.window = window;
    this.tiles = tiles;
    padding = new Padding(window, tiles, outRows);
    int rows = window.paddedRows(outRows);
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
    int count = window.paddedRows(outRows);
    boolean padded = padding.isNeeded(outRow, outRows);
    float[] source = padded ? Scratch.ofThread().array(Scratch.Role.IMAGE, padding.size()) : image;
    int step = padded ? window.paddedColumns() : window.inWidth();
    for (int c = 0; c < window.channels(); c++) {
      int channel = at + c * window.inPixels();
      if (padded) {
        padding.lay(image, channel, outRow, outRows, source, 0);
      }
      for (int j = 0; j < window.kernelWidth(); j++) {
        int planeTo = to + (c * window.kernelWidth() + j) * plane;
        int from = padded ? 0 : channel + padding.first(outRow) * step;
        shift(source, from + j * window.dilationWidth(), step, count, target, planeTo);
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
}
