package dev.kiln.examples.mnist.nets;

import dev.kiln.Tensor;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Linear;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Module;

/**
 * The course's Inception net: two convolutions, each followed by an {@link InceptionBlock}.
 *
 * <pre>
 *   [n,  1, 28, 28]  conv1 5×5      → [n, 10, 24, 24]  max-pool 2, ReLU → [n, 10, 12, 12]
 *                    incept1        → [n, 88, 12, 12]
 *                    conv2 5×5      → [n, 20,  8,  8]  max-pool 2, ReLU → [n, 20,  4,  4]
 *                    incept2        → [n, 88,  4,  4]
 *                    fc 1408        → [n, classes]
 * </pre>
 */
public final class Inception extends Module {
  private final Module conv1 = child("conv1", new Conv2d(1, 10, 5));
  private final Module incept1 = child("incept1", new InceptionBlock(10));
  private final Module conv2 = child("conv2", new Conv2d(InceptionBlock.CHANNELS, 20, 5));
  private final Module incept2 = child("incept2", new InceptionBlock(20));
  private final Module pool = new MaxPool2d(2);
  private final Module fc;

  public Inception(int classes) {
    fc = child("fc", new Linear(InceptionBlock.CHANNELS * 4 * 4, classes));
  }

  @Override
  public Tensor forward(Tensor images) {
    Tensor first = incept1.forward(pool.forward(conv1.forward(images)).relu());
    Tensor second = incept2.forward(pool.forward(conv2.forward(first)).relu());
    return fc.forward(second.flatten(1));
  }
}
