package dev.kiln.examples.mnist.nets;

import dev.kiln.Tensor;
import dev.kiln.nn.BatchNorm2d;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Module;

/** A convolution without bias and the batch norm that makes one superfluous. */
final class ConvBn extends Module {
  private final Module conv;
  private final Module bn;

  /** Keeps height and width at stride 1, for an odd {@code kernel}. */
  ConvBn(int in, int out, int kernel, int stride, int groups) {
    conv =
        child(
            "conv",
            new Conv2d(in, out, kernel)
                .stride(stride)
                .padding(kernel / 2)
                .groups(groups)
                .bias(false));
    bn = child("bn", new BatchNorm2d(out));
  }

  ConvBn(int in, int out, int kernel, int stride) {
    this(in, out, kernel, stride, 1);
  }

  ConvBn(int in, int out, int kernel) {
    this(in, out, kernel, 1);
  }

  @Override
  public Tensor forward(Tensor x) {
    return bn.forward(conv.forward(x));
  }
}
