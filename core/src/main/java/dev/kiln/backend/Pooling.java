package dev.kiln.backend;

/** Two-dimensional pooling over {@code planes = n · channels} images. */
public interface Pooling {
  /**
   * The largest element of each window; padding never wins, NaN always does, and among equals the
   * first in row-major order.
   *
   * @param indices int32, the shape of {@code y}: the winner's position {@code h · inWidth + w} in
   *     its plane
   */
  void maxPool2d(Pool2dSpec spec, Buffer x, Buffer y, Buffer indices);

  /** {@code dx}: each output's gradient goes to its winner; winners of several outputs add up. */
  void maxPool2dGradient(Pool2dSpec spec, Buffer dy, Buffer indices, Buffer dx);

  /**
   * The mean of each window, as PyTorch divides: a window that {@code ceil} pushed over the padded
   * edge is first cut there; with {@code countIncludePad} the divisor is the number of positions
   * that are left, without it only of those inside the input.
   */
  void avgPool2d(Pool2dSpec spec, Buffer x, Buffer y);

  void avgPool2dGradient(Pool2dSpec spec, Buffer dy, Buffer dx);
}
