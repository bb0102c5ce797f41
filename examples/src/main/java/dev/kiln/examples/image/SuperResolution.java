package dev.kiln.examples.image;

import dev.kiln.Tensor;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Module;
import dev.kiln.nn.PixelShuffle;
import dev.kiln.nn.ReLU;
import dev.kiln.nn.Sequential;
import dev.kiln.nn.Upsample;
import dev.kiln.ops.Upsample.Mode;

/**
 * Twice the width and height, after Shi et al. 2016: all convolutions work on the small image, the
 * last makes four channels of it, and the pixel shuffle lays these out as 2×2 pixels. What they are
 * added to is the bilinear enlargement: the net learns only what that misses.
 */
final class SuperResolution extends Module {
  private final Module bilinear = new Upsample(2).mode(Mode.BILINEAR);
  private final Module detail =
      child(
          "detail",
          Sequential.of(
              new Conv2d(1, 32, 5).padding(2),
              new ReLU(),
              new Conv2d(32, 32, 3).padding(1),
              new ReLU(),
              new Conv2d(32, 4, 3).padding(1),
              new PixelShuffle(2)));

  /** {@code [n, 1, h, w]} to {@code [n, 1, 2h, 2w]}. */
  @Override
  public Tensor forward(Tensor small) {
    return bilinear.forward(small).add(detail.forward(small));
  }
}
