package dev.kiln.backend;

/** Softmax and its logarithm along the rows of {@code [outer, n, inner]}. */
public interface Softmaxes {
  /** {@code y = exp(x - max x) / Σ exp(x - max x)}. */
  void softmax(Rows rows, Buffer x, Buffer y);

  /** {@code dx = y · (dy - Σ dy · y)}. */
  void softmaxGradient(Rows rows, Buffer y, Buffer dy, Buffer dx);

  /** {@code y = x - max x - log Σ exp(x - max x)}. */
  void logSoftmax(Rows rows, Buffer x, Buffer y);

  /** {@code dx = dy - exp(y) · Σ dy}. */
  void logSoftmaxGradient(Rows rows, Buffer y, Buffer dy, Buffer dx);
}
