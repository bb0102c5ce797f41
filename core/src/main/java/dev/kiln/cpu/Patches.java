package dev.kiln.cpu;

import java.util.Arrays;

/**
 * The patches of an image as the operand of a product, without the matrix of all patches ("im2col")
 * ever being made.
 *
 * <p>An image, or the rows of it that are wanted, is copied once with its padding around it. In the
 * copy a patch has no borders: the element that output pixel and kernel position share is at the
 * sum of two offsets, one from a table of pixels and one from a table of kernel positions ("taps"),
 * and lines whose offsets follow each other are packed a vector at a time.
 */
final class Patches {
  private final Window window;
  private final Tiles tiles;
  private final boolean byPixel;
  private final int rows;
  private final int width;
  private final int[] lines;
  private final int[] depths;

  private Patches(Window window, Tiles tiles, boolean byPixel, int outRows) {
    this.window = window;
    this.tiles = tiles;
    this.byPixel = byPixel;
    rows = window.paddedRows(outRows);
    width = window.paddedColumns();
    lines = byPixel ? taps() : pixels();
    depths = byPixel ? pixels() : taps();
  }

  /**
   * Lines are output pixels, the summed dimension runs over (channel, kernel row, kernel column).
   *
   * @param outRows the most rows of output pixels that are asked of one operand
   */
  static Patches ofPixels(Window window, Tiles tiles, int outRows) {
    return new Patches(window, tiles, false, outRows);
  }

  /**
   * Lines are (kernel row, kernel column, channel), in this order, and the summed dimension runs
   * over output pixels.
   */
  static Patches ofTaps(Window window, Tiles tiles) {
    return new Patches(window, tiles, true, window.outHeight());
  }

  /** Distances in the copy: [channel][row][column], or [row][column][channel] by pixel. */
  private int channelStep() {
    return byPixel ? 1 : rows * width;
  }

  private int columnStep() {
    return byPixel ? window.channels() : 1;
  }

  private int[] pixels() {
    int[] offsets = new int[window.outPixels()];
    for (int i = 0; i < offsets.length; i++) {
      int y = i / window.outWidth() * window.strideHeight();
      int x = i % window.outWidth() * window.strideWidth();
      offsets[i] = (y * width + x) * columnStep();
    }
    return offsets;
  }

  private int[] taps() {
    int[] offsets = new int[window.patch()];
    int kernel = window.kernelHeight() * window.kernelWidth();
    for (int i = 0; i < offsets.length; i++) {
      int channel = byPixel ? i % window.channels() : i / kernel;
      int tap = byPixel ? i / window.channels() : i % kernel;
      int y = tap / window.kernelWidth() * window.dilationHeight();
      int x = tap % window.kernelWidth() * window.dilationWidth();
      offsets[i] = channel * channelStep() + (y * width + x) * columnStep();
    }
    return offsets;
  }

  /**
   * The patches of one image; copies it into the thread's scratch, so one at a time.
   *
   * @param offset of the image's first channel
   * @param from the first output pixel wanted
   * @param to one past the last
   */
  Operand of(float[] image, int offset, int from, int to) {
    if (window.isIdentity() && !byPixel) {
      return Matrix.dense(image, offset, window.channels(), window.inPixels()).right();
    }
    int outRow = from / window.outWidth();
    int outRows = (to - 1) / window.outWidth() + 1 - outRow;
    int firstRow = outRow * window.strideHeight();
    int size = Math.multiplyExact(window.channels() * rows, width) + tiles.columns();
    float[] padded = Scratch.ofThread().array(Scratch.Role.IMAGE, size);
    for (int y = 0; y < window.paddedRows(outRows); y++) {
      int row = window.inRow(firstRow + y - window.top());
      if (byPixel) {
        copyByPixel(image, offset, row, padded, y * width * window.channels());
      } else {
        copyByChannel(image, offset, row, padded, y * width);
      }
    }
    int skipped = firstRow * width * columnStep();
    return (line, count, depth, k, panel, at, panelWidth) -> {
      int[] runs = Scratch.ofThread().integers(2 * count);
      int found = runs(line, count, skipped, runs);
      tiles.copyRuns(padded, depths, depth, k, runs, found, panel, at, panelWidth);
    };
  }

  /** Finds runs of at most a vector: where each begins in the copy, and in the panel. */
  private int runs(int line, int count, int skipped, int[] runs) {
    int found = 0;
    int length = 0;
    for (int i = 0; i < count; i++) {
      if (i > 0 && length < tiles.lanes() && lines[line + i] == lines[line + i - 1] + 1) {
        length++;
      } else {
        runs[2 * found] = lines[line + i] - skipped;
        runs[2 * found + 1] = i;
        found++;
        length = 1;
      }
    }
    return found;
  }

  /** One row of every channel; {@code row} is -1 for zeros. */
  private void copyByChannel(float[] image, int offset, int row, float[] padded, int at) {
    int step = window.spreadWidth();
    int first = window.firstColumn();
    int count = Math.max(0, Math.min(window.inWidth(), window.endColumn(width)) - first);
    int margin = Math.min(width, first * step + window.left());
    for (int c = 0; c < window.channels(); c++) {
      int to = at + c * rows * width;
      if (row < 0) {
        Arrays.fill(padded, to, to + width, 0);
        continue;
      }
      int from = offset + c * window.inPixels() + row * window.inWidth() + first;
      if (step == 1) {
        Arrays.fill(padded, to, to + margin, 0);
        System.arraycopy(image, from, padded, to + margin, count);
        Arrays.fill(padded, to + margin + count, to + width, 0);
      } else {
        Arrays.fill(padded, to, to + width, 0);
        for (int x = 0; x < count; x++) {
          padded[to + margin + x * step] = image[from + x];
        }
      }
    }
  }

  private void copyByPixel(float[] image, int offset, int row, float[] padded, int at) {
    int channels = window.channels();
    int first = window.firstColumn();
    int count = Math.max(0, Math.min(window.inWidth(), window.endColumn(width)) - first);
    int end = at + width * channels;
    if (row < 0 || count == 0) {
      Arrays.fill(padded, at, end, 0);
      return;
    }
    int to = at + (first + window.left()) * channels;
    int from = offset + row * window.inWidth() + first;
    Arrays.fill(padded, at, to, 0);
    Matrix.transpose(image, from, window.inPixels(), channels, count, padded, to, channels);
    Arrays.fill(padded, to + count * channels, end, 0);
  }
}
