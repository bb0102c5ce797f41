package dev.kiln.examples.image;

import dev.kiln.Tensor;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Module;
import dev.kiln.nn.ReLU;
import dev.kiln.nn.Sequential;
import dev.kiln.nn.Sigmoid;

/**
 * Images through a bottleneck (Hinton and Salakhutdinov 2006): 784 pixels → 128 → {@code code}
 * numbers → 128 → 784 pixels. What passes is what the code can hold.
 */
final class Autoencoder extends Module {
  private static final int HIDDEN = 128;

  private final Module encoder;
  private final Module decoder;

  Autoencoder(int code) {
    encoder =
        child(
            "encoder",
            Sequential.of(new Linear(28 * 28, HIDDEN), new ReLU(), new Linear(HIDDEN, code)));
    decoder =
        child(
            "decoder",
            Sequential.of(
                new Linear(code, HIDDEN), new ReLU(), new Linear(HIDDEN, 28 * 28), new Sigmoid()));
  }

  /** {@code [n, 1, 28, 28]} to what is left of it, of the same shape. */
  @Override
  public Tensor forward(Tensor images) {
    return decoder.forward(encoder.forward(images.flatten(1))).reshape(-1, 1, 28, 28);
  }
}
