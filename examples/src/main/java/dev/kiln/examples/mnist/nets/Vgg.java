package dev.kiln.examples.mnist.nets;

import dev.kiln.Tensor;
import dev.kiln.nn.Dropout;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.Linear;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Module;
import dev.kiln.nn.ReLU;
import dev.kiln.nn.Sequential;

/**
 * Nothing but 3×3 convolutions, twice before each pooling, and wide linear layers at the end
 * (Simonyan and Zisserman 2015); with batch norm, which came later and spares the warm-up.
 *
 * <pre>
 *   28×28 conv 32, conv 32, pool → 14×14 conv 64, conv 64, pool → 7×7 conv 128, conv 128, pool
 *   → 3×3 · 128 = 1152 → 128 → 10
 * </pre>
 */
public final class Vgg extends Module {
  private final Module features =
      child("features", Sequential.of(stage(1, 32), stage(32, 64), stage(64, 128)));
  private final Module classifier =
      child(
          "classifier",
          Sequential.of(
              new Flatten(),
              new Linear(128 * 3 * 3, 128),
              new ReLU(),
              new Dropout(0.5),
              new Linear(128, 10)));

  private static Module stage(int in, int out) {
    return Sequential.of(
        new ConvBn(in, out, 3), new ReLU(), new ConvBn(out, out, 3), new ReLU(), new MaxPool2d(2));
  }

  @Override
  public Tensor forward(Tensor images) {
    return classifier.forward(features.forward(images));
  }
}
