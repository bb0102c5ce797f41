package dev.kiln.examples.mnist.nets;

import dev.kiln.Tensor;
import dev.kiln.backend.Unary;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Module;
import dev.kiln.nn.Sequential;

/**
 * A ResNet whose blocks weigh their channels by what the whole image shows: squeeze and excitation
 * (Hu, Shen and Sun 2018).
 */
public final class SeNet extends Module {
  private final Module stem = child("stem", new ConvBn(1, 16, 3));
  private final Module stages =
      child(
          "stages",
          Sequential.of(block(16, 16, 1), block(16, 32, 2), block(32, 32, 1), block(32, 64, 2)));
  private final Module fc = child("fc", new Linear(64, 10));

  private static Module block(int in, int out, int stride) {
    return new ResidualBlock(in, out, stride, new Excitation(out));
  }

  @Override
  public Tensor forward(Tensor images) {
    Tensor features = stages.forward(stem.forward(images).relu());
    return fc.forward(features.mean(2, 3));
  }

  /**
   * Squeezes each channel to its mean, makes of all means a weight from 0 to 1 for each channel,
   * and multiplies with it.
   */
  private static final class Excitation extends Module {
    private static final int REDUCTION = 4;

    private final int channels;
    private final Linear squeeze;
    private final Module excite;

    Excitation(int channels) {
      this.channels = channels;
      squeeze = child("squeeze", new Linear(channels, channels / REDUCTION));
      excite = child("excite", new Linear(channels / REDUCTION, channels));
    }

    @Override
    public Tensor forward(Tensor x) {
      Tensor weights = excite.forward(squeeze.forward(x.mean(2, 3), Unary.RELU)).sigmoid();
      return x.mul(weights.reshape(-1, channels, 1, 1));
    }
  }
}
