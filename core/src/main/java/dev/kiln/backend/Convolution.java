package dev.kiln.backend;

/** Two-dimensional cross-correlation (the field's "convolution": the kernel is not flipped). */
public interface Convolution {
  /**
   * {@code y = activation(x ∗ w + bias + residual)}.
   *
   * @param x {@code [n, inChannels, inHeight, inWidth]}
   * @param w {@code [outChannels, inChannels / groups, kernelHeight, kernelWidth]}
   * @param epilogue a bias of one number an output channel; a residual like {@code y}
   * @param y {@code [n, outChannels, outHeight, outWidth]}
   */
  void conv2d(Conv2dSpec spec, Buffer x, Buffer w, Epilogue epilogue, Buffer y);

  /** {@code dx} from {@code dy}: the transposed convolution. */
  void conv2dInputGradient(Conv2dSpec spec, Buffer dy, Buffer w, Buffer dx);

  /** {@code dw} from {@code x} and {@code dy}, summed over the batch in a fixed order. */
  void conv2dWeightGradient(Conv2dSpec spec, Buffer x, Buffer dy, Buffer dw);
}
