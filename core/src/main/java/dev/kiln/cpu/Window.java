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

  /** The image row that output row {@code oh} sees through kernel row {@code i}; -1 for zeros. */
  int row(int oh, int i) {
    return at(oh * strideHeight - top + i * dilationHeight, spreadHeight, inHeight);
  }

  /** The image column that output column {@code ow} sees; -1 for zeros. */
  int column(int ow, int j) {
    return at(ow * strideWidth - left + j * dilationWidth, spreadWidth, inWidth);
  }

  private static int at(int position, int spread, int extent) {
    if (position < 0 || position % spread != 0 || position / spread >= extent) {
      return -1;
    }
    return position / spread;
  }

  /** Whether neighbouring output pixels of a row see neighbouring pixels of the image. */
  boolean isContiguous() {
    return strideWidth == 1 && spreadWidth == 1;
  }

  /** The first output column that sees the image through kernel column j; for contiguous ones. */
  int firstColumn(int j) {
    return Math.min(outWidth, Math.max(0, left - j * dilationWidth));
  }

  /** One past the last output column that sees the image; for contiguous ones. */
  int endColumn(int j) {
    return Math.max(firstColumn(j), Math.min(outWidth, inWidth + left - j * dilationWidth));
  }
}
