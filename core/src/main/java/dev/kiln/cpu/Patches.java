package dev.kiln.cpu;

import java.util.Arrays;

/**
 * The patches of an image as the operand of a product, packed straight from the image: the matrix
 * of all patches ("im2col") never exists.
 *
 * @param offset of the image's first channel
 */
record Patches(Window window, float[] image, int offset) {

  /** Lines are output pixels, the summed dimension runs over (channel, kernel row and column). */
  Operand pixels() {
    if (window.isIdentity()) {
      return Matrix.dense(image, offset, window.channels(), window.inPixels()).right();
    }
    return this::packPixels;
  }

  /** Lines are (channel, kernel row and column), the summed dimension runs over output pixels. */
  Operand taps() {
    return this::packTaps;
  }

  private void packPixels(
      int line, int count, int depth, int k, float[] panel, int offset, int width) {
    int kernel = window.kernelHeight() * window.kernelWidth();
    int outWidth = window.outWidth();
    for (int p = 0; p < k; p++) {
      int tap = (depth + p) % kernel;
      int i = tap / window.kernelWidth();
      int j = tap % window.kernelWidth();
      int plane = this.offset + (depth + p) / kernel * window.inPixels();
      int to = offset + p * width;
      int oh = line / outWidth;
      int ow = line % outWidth;
      for (int left = count; left > 0; oh++, ow = 0) {
        int run = Math.min(left, outWidth - ow);
        int row = window.row(oh, i);
        if (row < 0) {
          zero(panel, to, run);
        } else {
          packRun(plane + row * window.inWidth(), ow, run, j, panel, to);
        }
        to += run;
        left -= run;
      }
    }
  }

  private void packRun(int row, int ow, int run, int j, float[] panel, int to) {
    if (window.isContiguous()) {
      int first = Math.min(run, Math.max(0, window.firstColumn(j) - ow));
      int end = Math.max(first, Math.min(run, window.endColumn(j) - ow));
      zero(panel, to, first);
      int from = row + ow - window.left() + j * window.dilationWidth();
      for (int q = first; q < end; q++) {
        panel[to + q] = image[from + q];
      }
      zero(panel, to + end, run - end);
    } else {
      for (int q = 0; q < run; q++) {
        int column = window.column(ow + q, j);
        panel[to + q] = column < 0 ? 0 : image[row + column];
      }
    }
  }

  private static void zero(float[] panel, int from, int count) {
    if (count > 0) {
      Arrays.fill(panel, from, from + count, 0);
    }
  }

  private void packTaps(
      int line, int count, int depth, int k, float[] panel, int offset, int width) {
    int kernel = window.kernelHeight() * window.kernelWidth();
    int outWidth = window.outWidth();
    for (int r = 0; r < count; r++) {
      int tap = (line + r) % kernel;
      int i = tap / window.kernelWidth();
      int j = tap % window.kernelWidth();
      int plane = this.offset + (line + r) / kernel * window.inPixels();
      int oh = depth / outWidth;
      int ow = depth % outWidth;
      int to = offset + r;
      for (int left = k; left > 0; oh++, ow = 0) {
        int run = Math.min(left, outWidth - ow);
        int row = window.row(oh, i);
        int first = run;
        int end = run;
        if (row >= 0 && window.isContiguous()) {
          first = Math.min(run, Math.max(0, window.firstColumn(j) - ow));
          end = Math.max(first, Math.min(run, window.endColumn(j) - ow));
          int from =
              plane + row * window.inWidth() + ow - window.left() + j * window.dilationWidth();
          for (int q = first; q < end; q++) {
            panel[to + q * width] = image[from + q];
          }
        } else if (row >= 0) {
          first = 0;
          for (int q = 0; q < run; q++) {
            int column = window.column(ow + q, j);
            int from = plane + row * window.inWidth() + column;
            panel[to + q * width] = column < 0 ? 0 : image[from];
          }
        }
        for (int q = 0; q < first; q++) {
          panel[to + q * width] = 0;
        }
        for (int q = end; q < run; q++) {
          panel[to + q * width] = 0;
        }
        to += run * width;
        left -= run;
      }
    }
  }
}
