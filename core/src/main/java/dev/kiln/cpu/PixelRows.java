package dev.kiln.cpu;

import java.util.Arrays;

/**
 * Images with the channels of a pixel side by side and zeros around them: what the weight gradient
 * multiplies with the output gradient, pixel after pixel.
 *
 * <p>A row of the kernel over all channels is one run of a row of these images, [kernel column]
 * [channel]: the gradient is made in runs, each rounded up to whole vectors.
 */
final class PixelRows {
  /** How many channels are laid out at once: so many streams a processor foresees. */
  private static final int AT_ONCE = 16;

  private final Window window;
  private final int rows;
  private final int width;
  private final int runLength;
  private final int runVectors;
  private final int runs;
  private final int lanes;

  /**
   * @param outRows the most rows of output pixels of one image that are asked for
   */
  PixelRows(Window window, Tiles tiles, int outRows) {
    this.window = window;
    rows = window.paddedRows(outRows);
    width = window.paddedColumns();
    lanes = tiles.lanes();
    boolean dense = window.dilationWidth() == 1;
    runLength = window.channels() * (dense ? window.kernelWidth() : 1);
    runs = window.kernelHeight() * (dense ? 1 : window.kernelWidth());
    runVectors = (runLength + lanes - 1) / lanes;
  }

  /** How much room an image takes. */
  int size() {
    return Math.multiplyExact(rows * width, window.channels());
  }

  /** How much room an image of which so many output rows are wanted takes. */
  static long sizeOf(Window window, int outRows) {
    return (long) window.paddedRows(outRows) * window.paddedColumns() * window.channels();
  }

  /** How many vectors a row of the gradient has. */
  int vectors() {
    return runs * runVectors;
  }

  /** Where vector {@code v} of the gradient lies, counted from a pixel's place. */
  int vectorAt(int v) {
    int run = v / runVectors;
    int perRow = runs / window.kernelHeight();
    int row = run / perRow * window.dilationHeight();
    int column = run % perRow * window.dilationWidth();
    return (row * width + column) * window.channels() + v % runVectors * lanes;
  }

  /** Where a kernel position of a channel is in a row of the gradient. */
  int line(int channel, int kernelRow, int kernelColumn) {
    int perRow = runs / window.kernelHeight();
    int run = perRow == 1 ? kernelRow : kernelRow * perRow + kernelColumn;
    int within = perRow == 1 ? kernelColumn * window.channels() + channel : channel;
    return run * runVectors * lanes + within;
  }

  /** The places of the first {@code outRows} rows of output pixels in so many images. */
  int[] places(int images, int outRows) {
    int pixels = outRows * window.outWidth();
    int[] places = new int[images * pixels];
    for (int i = 0; i < places.length; i++) {
      int y = i % pixels / window.outWidth() * window.strideHeight();
      int x = i % window.outWidth() * window.strideWidth();
      places[i] = i / pixels * size() + (y * width + x) * window.channels();
    }
    return places;
  }

  /** Lays out what {@code outRows} rows of output pixels of one image see. */
  void lay(float[] image, int offset, int outRow, int outRows, float[] target, int to) {
    int channels = window.channels();
    int firstRow = outRow * window.strideHeight() - window.top();
    int first = window.firstColumn();
    int count = Math.max(0, Math.min(window.inWidth(), window.endColumn(width)) - first);
    int skip = (first + window.left()) * channels;
    // a channel's rows follow each other in memory: some channels from top to bottom, then the next
    for (int c = 0; c < channels; c += AT_ONCE) {
      int some = Math.min(AT_ONCE, channels - c);
      int from = offset + c * window.inPixels() + first;
      for (int y = 0; y < window.paddedRows(outRows); y++) {
        int row = window.inRow(firstRow + y);
        int at = to + y * width * channels;
        boolean seen = row >= 0 && count > 0;
        if (c == 0) {
          int left = seen ? skip : width * channels;
          Arrays.fill(target, at, at + left, 0);
          Arrays.fill(target, at + left + (seen ? count * channels : 0), at + width * channels, 0);
        }
        if (seen) {
          int line = from + row * window.inWidth();
          int place = at + skip + c;
          Matrix.transpose(image, line, window.inPixels(), some, count, target, place, channels);
        }
      }
    }
  }
}
