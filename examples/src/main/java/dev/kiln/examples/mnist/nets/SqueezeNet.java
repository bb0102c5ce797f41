package dev.kiln.examples.mnist.nets;

import dev.kiln.Tensor;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Module;
import dev.kiln.nn.ReLU;
import dev.kiln.nn.Sequential;
import dev.kiln.ops.Concat;
import java.util.List;

/**
 * Few weights by fire modules (Iandola et al. 2016): a 1×1 convolution squeezes the channels, then
 * 1×1 and 3×3 convolutions side by side expand them. No linear layer: the last convolution makes a
 * map for each class, whose mean is its logit. Batch norm, which is not in the paper, spares the
 * choice of start values.
 */
public final class SqueezeNet extends Module {
  private final Module features =
      child(
          "features",
          Sequential.of(
              new ConvBn(1, 32, 3),
              new ReLU(),
              new MaxPool2d(2),
              new Fire(32, 16, 32),
              new Fire(64, 16, 32),
              new MaxPool2d(2),
              new Fire(64, 24, 48),
              new Fire(96, 24, 48)));
  private final Module classifier = child("classifier", new Conv2d(96, 10, 1));

  @Override
  public Tensor forward(Tensor images) {
    return classifier.forward(features.forward(images)).mean(2, 3);
  }

  /** From {@code in} channels by {@code squeezed} to twice {@code each}. */
  private static final class Fire extends Module {
    private final Module squeeze;
    private final Module expand1x1;
    private final Module expand3x3;

    Fire(int in, int squeezed, int each) {
      squeeze = child("squeeze", new ConvBn(in, squeezed, 1));
      expand1x1 = child("expand1x1", new ConvBn(squeezed, each, 1));
      expand3x3 = child("expand3x3", new ConvBn(squeezed, each, 3));
    }

    @Override
    public Tensor forward(Tensor x) {
      Tensor few = squeeze.forward(x).relu();
      Tensor many = Concat.apply(List.of(expand1x1.forward(few), expand3x3.forward(few)), 1);
      return many.relu();
    }
  }
}
