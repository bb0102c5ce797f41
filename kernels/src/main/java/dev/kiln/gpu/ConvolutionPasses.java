package dev.kiln.gpu;

import dev.kiln.backend.Buffer;

/** A way to compute one convolution: its three passes, operands as {@code Convolution} has them. */
interface ConvolutionPasses {
  void forward(Buffer x, Buffer w, WriteBack end, Buffer y);

  void inputGradient(Buffer dy, Buffer w, Buffer dx);

  /** Whether the input gradient may have strides; else it is computed phase by phase, without. */
  default boolean inputGradientStrides() {
    return false;
  }

  void weightGradient(Buffer x, Buffer dy, Buffer dw);
}
