package dev.kiln.cpu;

import dev.kiln.backend.Conv2dSpec;

/**
 * How output pixels see an image of some channels: pixel {@code (oh, ow)} and kernel position
 * {@code (i, j)} meet at {@code y = oh * strideHeight - top + i * dilationHeight}, {@code x}
 * likewise.
 *
 * @param top rows of padding above; may be negative
 * @param left columns of padding to the left; may be negative
 * @param spreadHeight the image counts as spread out, with zeros between its rows: y must be a
 *     multiple of this, and the row is {@code y / spreadHeight}
 * @param spreadWidth likewise for columns
 */
record Window(
    int channels,
    int inHeight,
    int inWidth,
    int outHeight,
    int outWidth,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int top,
    int left,
    int dilationHeight,
    int dilationWidth,
    int spreadHeight,
    int spreadWidth) {

  /** A convolution's view of one group of its input. */
  static Window forward(Conv2dSpec s) {
    return new Window(
        s.groupIn(),
        s.inHeight(),
        s.inWidth(),
        s.outHeight(),
        s.outWidth(),
        s.kernelHeight(),
        s.kernelWidth(),
        s.strideHeight(),
        s.strideWidth(),
        s.paddingHeight(),
        s.paddingWidth(),
        s.dilationHeight(),
        s.dilationWidth(),
        1,
        1);
  }

  /**
   * The input gradient's view of one group of the output gradient: a convolution of stride 1 with
   * the kernel turned by 180 degrees, over an image that the forward stride spreads out.
   */
  static Window backward(Conv2dSpec s) {
    return new Window(
        s.groupOut(),
        s.outHeight(),
        s.outWidth(),
        s.inHeight(),
        s.inWidth(),
        s.kernelHeight(),
        s.kernelWidth(),
        1,
        1,
        (s.kernelHeight() - 1) * s.dilationHeight() - s.paddingHeight(),
        (s.kernelWidth() - 1) * s.dilationWidth() - s.paddingWidth(),
        s.dilationHeight(),
        s.dilationWidth(),
        s.strideHeight(),
        s.strideWidth());
  }

  /** Kernel positions over all channels. */
  int patch() {
    return channels * kernelHeight * kernelWidth;
  }

  int outPixels() {
    return outHeight * outWidth;
  }

  int inPixels() {
    return inHeight * inWidth;
  }

  /** Whether a patch is a pixel, and the patches of all pixels are the image itself. */
  boolean isIdentity() {
    return kernelHeight == 1
        && kernelWidth == 1
        && strideHeight == 1
        && strideWidth == 1
        && top == 0
        && left == 0
        && spreadHeight == 1
        && spreadWidth == 1
        && inHeight == outHeight
        && inWidth == outWidth;
  }

  /** The same pixels as rows of so many, for a window that {@link #isIdentity}. */
  Window asRowsOf(int columns) {
    int rows = inPixels() / columns;
    return new Window(channels, rows, columns, rows, columns, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1);
  }

  /** The window of a single channel. */
  Window ofOneChannel() {
    return with(1, outHeight, outWidth, left);
  }

  /** The window of so many rows of output pixels, from the first on. */
  Window rows(int count) {
    return with(channels, count, outWidth, left);
  }

  /** The window of some columns of output pixels. */
  Window columns(int from, int count) {
    return with(channels, outHeight, count, left - from * strideWidth);
  }

  /** The same view of other pixels. */
  private Window with(int channels, int outHeight, int outWidth, int left) {
    return new Window(
        channels,
        inHeight,
        inWidth,
        outHeight,
        outWidth,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        top,
        left,
        dilationHeight,
        dilationWidth,
        spreadHeight,
        spreadWidth);
  }

  /** How many rows, padding and all, so many rows of output pixels see. */
  int paddedRows(int outRows) {
    return (outRows - 1) * strideHeight + (kernelHeight - 1) * dilationHeight + 1;
  }

  /** How many columns, padding and all, the output pixels see. */
  int paddedColumns() {
    return (outWidth - 1) * strideWidth + (kernelWidth - 1) * dilationWidth + 1;
  }

  /** The image row at padded row {@code y}; -1 for one of zeros. */
  int inRow(int y) {
    if (y < 0 || y % spreadHeight != 0 || y / spreadHeight >= inHeight) {
      return -1;
    }
    return y / spreadHeight;
  }

  /** The first image column that is not cut off by a negative padding. */
  int firstColumn() {
    return left >= 0 ? 0 : Math.min(inWidth, (-left + spreadWidth - 1) / spreadWidth);
  }

  /** One past the last image column that lies within {@code width} padded ones. */
  int endColumn(int width) {
    int room = width - left;
    return room <= 0 ? 0 : (room + spreadWidth - 1) / spreadWidth;
  }
}
