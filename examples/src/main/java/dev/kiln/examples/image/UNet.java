package dev.kiln.examples.image;

import dev.kiln.Tensor;
import dev.kiln.nn.BatchNorm2d;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.ConvTranspose2d;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Module;
import dev.kiln.nn.ReLU;
import dev.kiln.nn.Sequential;
import dev.kiln.ops.Concat;
import java.util.List;

/**
 * A class for each pixel (Ronneberger, Fischer and Brox 2015): down to a quarter of the size to see
 * what is there, up again to say where. On the way up each size is joined with what the way down
 * had seen at it.
 *
 * <pre>
 *   32×32   8 ──────────────────→ 8 + 8 → 8 → classes
 *   16×16     16 ─────────→ 16 + 16 → 16
 *    8×8          32 → 32
 * </pre>
 */
final class UNet extends Module {
  private final Module down1 = child("down1", twice(1, 8));
  private final Module down2 = child("down2", twice(8, 16));
  private final Module bottom = child("bottom", twice(16, 32));
  private final Module up2 = child("up2", new ConvTranspose2d(32, 16, 2).stride(2));
  private final Module join2 = child("join2", twice(32, 16));
  private final Module up1 = child("up1", new ConvTranspose2d(16, 8, 2).stride(2));
  private final Module join1 = child("join1", twice(16, 8));
  private final Module classes;
  private final Module pool = new MaxPool2d(2);

  UNet(int classes) {
    this.classes = child("classes", new Conv2d(8, classes, 1));
  }

  private static Module twice(int in, int out) {
    return Sequential.of(
        new Conv2d(in, out, 3).padding(1),
        new BatchNorm2d(out),
        new ReLU(),
        new Conv2d(out, out, 3).padding(1),
        new BatchNorm2d(out),
        new ReLU());
  }

  /** {@code [n, 1, h, w]}, both multiples of 4, to logits {@code [n, classes, h, w]}. */
  @Override
  public Tensor forward(Tensor images) {
    Tensor whole = down1.forward(images);
    Tensor half = down2.forward(pool.forward(whole));
    Tensor quarter = bottom.forward(pool.forward(half));
    Tensor halfAgain = join2.forward(Concat.apply(List.of(half, up2.forward(quarter)), 1));
    Tensor wholeAgain = join1.forward(Concat.apply(List.of(whole, up1.forward(halfAgain)), 1));
    return classes.forward(wholeAgain);
  }
}
