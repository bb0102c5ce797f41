package dev.kiln.backend;

import org.jspecify.annotations.Nullable;

/** Two-dimensional cross-correlation (the field's "convolution": the kernel is not flipped). */
public interface Convolution {
  /**
   * @param x {@code [n, inChannels, inHeight, inWidth]}
   * @param w {@code [outChannels, inChannels / groups, kernelHeight, kernelWidth]}
   * @param bias {@code [outChannels]} or null
   * @param y {@code [n, outChannels, outHeight, outWidth]}
   */
  void conv2d(Conv2dSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y);

  /** {@code dx} from {@code dy}: the transposed convolution. */
  void conv2dInputGradient(Conv2dSpec spec, Buffer dy, Buffer w, Buffer dx);

  /** {@code dw} from {@code x} and {@code dy}, summed over the batch in a fixed order. */
  void conv2dWeightGradient(Conv2dSpec spec, Buffer x, Buffer dy, Buffer dw);
}
