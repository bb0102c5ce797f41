package dev.kiln.examples.image;

import dev.kiln.Tensor;
import dev.kiln.nn.BatchNorm2d;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.ConvTranspose2d;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Module;

/**
 * Two nets that play against each other (Goodfellow et al. 2014), convolutional as in Radford, Metz
 * and Chintala 2016.
 */
final class Gan extends Module {
  /** How many numbers a digit is drawn from. */
  static final int CODE = 64;

  private final Draughtsman generator = child("generator", new Draughtsman());
  private final Judge discriminator = child("discriminator", new Judge());

  /** Codes {@code [n, CODE]} to images {@code [n, 1, 28, 28]}, from 0 to 1. */
  Module draughtsman() {
    return generator;
  }

  /** Images to logits {@code [n, 1]}: above 0 where they look written. */
  Module judge() {
    return discriminator;
  }

  /** Draws a digit from a code, and judges it. */
  @Override
  public Tensor forward(Tensor codes) {
    return discriminator.forward(generator.forward(codes));
  }

  /** 64 numbers → 7×7 → 14×14 → 28×28. */
  private static final class Draughtsman extends Module {
    private static final int CHANNELS = 32;

    private final Module fc = child("fc", new Linear(CODE, CHANNELS * 7 * 7));
    private final Module bn1 = child("bn1", new BatchNorm2d(CHANNELS));
    private final Module up1 =
        child("up1", new ConvTranspose2d(CHANNELS, 16, 4).stride(2).padding(1));
    private final Module bn2 = child("bn2", new BatchNorm2d(16));
    private final Module up2 = child("up2", new ConvTranspose2d(16, 1, 4).stride(2).padding(1));

    @Override
    public Tensor forward(Tensor codes) {
      Tensor small = fc.forward(codes).reshape(-1, CHANNELS, 7, 7);
      Tensor middle = up1.forward(bn1.forward(small).relu());
      return up2.forward(bn2.forward(middle).relu()).sigmoid();
    }
  }

  /** 28×28 → 14×14 → 7×7 → one number. */
  private static final class Judge extends Module {
    private static final float SLOPE = 0.2f;

    private final Module conv1 = child("conv1", new Conv2d(1, 16, 4).stride(2).padding(1));
    private final Module conv2 = child("conv2", new Conv2d(16, 32, 4).stride(2).padding(1));
    private final Module fc = child("fc", new Linear(32 * 7 * 7, 1));

    @Override
    public Tensor forward(Tensor images) {
      Tensor half = conv1.forward(images).leakyRelu(SLOPE);
      Tensor quarter = conv2.forward(half).leakyRelu(SLOPE);
      return fc.forward(quarter.flatten(1));
    }
  }
}
