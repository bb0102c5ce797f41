package dev.kiln.examples.mnist.nets;

import dev.kiln.Tensor;
import dev.kiln.backend.Unary;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Module;

/** One hidden layer: 784-256-10. */
public final class Mlp extends Module {
  private final Linear fc1 = child("fc1", new Linear(28 * 28, 256));
  private final Module fc2 = child("fc2", new Linear(256, 10));

  @Override
  public Tensor forward(Tensor images) {
    return fc2.forward(fc1.forward(images.flatten(1), Unary.RELU));
  }
}
