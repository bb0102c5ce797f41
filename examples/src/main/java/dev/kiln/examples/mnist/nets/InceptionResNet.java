package dev.kiln.examples.mnist.nets;

import dev.kiln.Tensor;
import dev.kiln.backend.Unary;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Linear;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Module;

/**
 * {@link Inception} with a residual jump (He et al. 2016) after each block: a convolution 9×9 from
 * 88 to 88 channels sees far over the image, and what it finds is added to what the block found:
 * {@code relu(b + jump(b))} with {@code b = block(x)}. So the net can do all that Inception can,
 * with jumps of zeros, and its gradients have a way around the large convolutions.
 */
public final class InceptionResNet extends Module {
  private final Module conv1 = child("conv1", new Conv2d(1, 10, 5));
  private final Module incept1 = child("incept1", new InceptionBlock(10));
  private final Conv2d jump1 = child("jump1", jump());
  private final Module conv2 = child("conv2", new Conv2d(InceptionBlock.CHANNELS, 20, 5));
  private final Module incept2 = child("incept2", new InceptionBlock(20));
  private final Conv2d jump2 = child("jump2", jump());
  private final Module pool = new MaxPool2d(2);
  private final Module fc = child("fc", new Linear(InceptionBlock.CHANNELS * 4 * 4, 10));

  private static Conv2d jump() {
    return new Conv2d(InceptionBlock.CHANNELS, InceptionBlock.CHANNELS, 9).padding(4);
  }

  @Override
  public Tensor forward(Tensor images) {
    Tensor first = incept1.forward(pool.forward(conv1.forward(images)).relu());
    Tensor far = jump1.forward(first, first, Unary.RELU);
    Tensor second = incept2.forward(pool.forward(conv2.forward(far)).relu());
    Tensor all = jump2.forward(second, second, Unary.RELU);
    return fc.forward(all.flatten(1));
  }
}
