package dev.kiln.examples.mnist.nets;

import dev.kiln.Tensor;
import dev.kiln.backend.Unary;
import dev.kiln.nn.BatchNorm2d;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Dropout2d;
import dev.kiln.nn.Linear;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Module;

/** Two convolutions of 32 and 64 channels, then two linear layers. */
public final class Cnn extends Module {
  private final Module block1 = child("block1", new Block(1, 32));
  private final Module block2 = child("block2", new Block(32, 64));
  private final Linear fc1 = child("fc1", new Linear(64 * 7 * 7, 128));
  private final Module fc2 = child("fc2", new Linear(128, 10));

  @Override
  public Tensor forward(Tensor images) {
    Tensor features = block2.forward(block1.forward(images)).flatten(1);
    return fc2.forward(fc1.forward(features, Unary.RELU));
  }

  /** Halves height and width: conv 3×3, batch norm, ReLU, max-pool 2, dropout of channels. */
  private static final class Block extends Module {
    private final Module conv;
    private final Module bn;
    private final Module pool = child("pool", new MaxPool2d(2));
    private final Module drop = child("drop", new Dropout2d(0.25));

    Block(int in, int out) {
      conv = child("conv", new Conv2d(in, out, 3).padding(1));
      bn = child("bn", new BatchNorm2d(out));
    }

    @Override
    public Tensor forward(Tensor x) {
      return drop.forward(pool.forward(bn.forward(conv.forward(x)).relu()));
    }
  }
}
