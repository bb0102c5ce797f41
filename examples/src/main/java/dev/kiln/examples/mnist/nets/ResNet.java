package dev.kiln.examples.mnist.nets;

import dev.kiln.Tensor;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Module;
import dev.kiln.nn.Sequential;

/**
 * Blocks that only learn what to change (He et al. 2016), as its authors built it for small images:
 * three stages of two blocks with 16, 32 and 64 channels at 28×28, 14×14 and 7×7; then the mean of
 * each channel and one linear layer. 14 layers deep.
 */
public final class ResNet extends Module {
  private final Module stem = child("stem", new ConvBn(1, 16, 3));
  private final Module stages =
      child(
          "stages",
          Sequential.of(
              new ResidualBlock(16, 16, 1),
              new ResidualBlock(16, 16, 1),
              new ResidualBlock(16, 32, 2),
              new ResidualBlock(32, 32, 1),
              new ResidualBlock(32, 64, 2),
              new ResidualBlock(64, 64, 1)));
  private final Module fc = child("fc", new Linear(64, 10));

  @Override
  public Tensor forward(Tensor images) {
    Tensor features = stages.forward(stem.forward(images).relu());
    return fc.forward(features.mean(2, 3));
  }
}
