package dev.kiln.examples.mnist.nets;

import dev.kiln.Tensor;
import dev.kiln.nn.AvgPool2d;
import dev.kiln.nn.BatchNorm2d;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Module;
import dev.kiln.nn.ReLU;
import dev.kiln.nn.Sequential;
import dev.kiln.ops.Concat;
import java.util.ArrayList;
import java.util.List;

/**
 * Every layer of a block sees the outputs of all before it (Huang et al. 2017) and adds a few
 * channels of its own: three blocks of three layers, each adding 12. Between blocks a transition
 * halves the channels, the height and the width.
 *
 * <pre>
 *   28×28: 24 → 60, transition → 14×14: 30 → 66, transition → 7×7: 33 → 69 → mean → 10
 * </pre>
 */
public final class DenseNet extends Module {
  private static final int GROWTH = 12;
  private static final int LAYERS = 3;
  private static final int STEM = 2 * GROWTH;

  private final Module stem = child("stem", new Conv2d(1, STEM, 3).padding(1).bias(false));
  private final Module blocks;
  private final Module bn;
  private final Module fc;

  public DenseNet() {
    List<Module> modules = new ArrayList<>();
    int channels = STEM;
    for (int block = 0; block < 3; block++) {
      if (block > 0) {
        modules.add(transition(channels));
        channels /= 2;
      }
      modules.add(new Block(channels));
      channels += LAYERS * GROWTH;
    }
    blocks = child("blocks", Sequential.of(modules));
    bn = child("bn", new BatchNorm2d(channels));
    fc = child("fc", new Linear(channels, 10));
  }

  private static Module transition(int channels) {
    return Sequential.of(
        new BatchNorm2d(channels),
        new ReLU(),
        new Conv2d(channels, channels / 2, 1).bias(false),
        new AvgPool2d(2));
  }

  @Override
  public Tensor forward(Tensor images) {
    Tensor features = bn.forward(blocks.forward(stem.forward(images))).relu();
    return fc.forward(features.mean(2, 3));
  }

  /** Batch norm and ReLU come before the convolution: each layer scales what it shares. */
  private static final class Block extends Module {
    private final List<Module> layers = new ArrayList<>();

    Block(int in) {
      for (int i = 0; i < LAYERS; i++) {
        int channels = in + i * GROWTH;
        Module layer =
            Sequential.of(
                new BatchNorm2d(channels),
                new ReLU(),
                new Conv2d(channels, GROWTH, 3).padding(1).bias(false));
        layers.add(child("layer" + (i + 1), layer));
      }
    }

    @Override
    public Tensor forward(Tensor x) {
      Tensor seen = x;
      for (Module layer : layers) {
        seen = Concat.apply(List.of(seen, layer.forward(seen)), 1);
      }
      return seen;
    }
  }
}
