package dev.kiln.examples.mnist.nets;

import dev.kiln.Tensor;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Module;
import dev.kiln.nn.ReLU;
import dev.kiln.nn.Sequential;

/**
 * Convolutions taken apart (Howard et al. 2017): a depthwise one looks at the neighbourhood, each
 * channel for itself, a 1×1 one then mixes the channels. Together they need a fraction {@code 1 /
 * out + 1 / 9} of the products of a 3×3 convolution.
 */
public final class MobileNet extends Module {
  private final Module features =
      child(
          "features",
          Sequential.of(
              new ConvBn(1, 16, 3),
              new ReLU(),
              separable(16, 32, 2),
              separable(32, 64, 1),
              separable(64, 64, 2),
              separable(64, 128, 1)));
  private final Module fc = child("fc", new Linear(128, 10));

  private static Module separable(int in, int out, int stride) {
    return Sequential.of(
        new ConvBn(in, in, 3, stride, in), new ReLU(), new ConvBn(in, out, 1), new ReLU());
  }

  @Override
  public Tensor forward(Tensor images) {
    return fc.forward(features.forward(images).mean(2, 3));
  }
}
