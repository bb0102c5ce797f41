package dev.kiln.examples.image;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Tensor;
import dev.kiln.backend.Unary;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Losses;
import dev.kiln.nn.Module;
import dev.kiln.nn.ReLU;
import dev.kiln.nn.Sequential;
import dev.kiln.ops.Reduction;

/**
 * A variational autoencoder (Kingma and Welling 2014). The encoder says of an image where its code
 * lies, as the mean and the logarithm of the variance of a normal distribution; the decoder draws
 * from a code the logits of the pixels.
 */
final class Vae extends Module {
  private static final int HIDDEN = 256;

  private final int code;
  private final Linear hidden = child("hidden", new Linear(28 * 28, HIDDEN));
  private final Module mean;
  private final Module logVariance;
  private final Module decoder;

  Vae(int code) {
    this.code = code;
    mean = child("mean", new Linear(HIDDEN, code));
    logVariance = child("log_variance", new Linear(HIDDEN, code));
    decoder =
        child(
            "decoder",
            Sequential.of(new Linear(code, HIDDEN), new ReLU(), new Linear(HIDDEN, 28 * 28)));
  }

  /**
   * What an image costs: the negative evidence lower bound.
   *
   * @param reconstruction how badly the pixels are told from the code
   * @param divergence how far the codes are from standard normal ones
   */
  record Bound(Tensor reconstruction, Tensor divergence) {
    /** In nats an image. */
    Tensor total() {
      return reconstruction.add(divergence);
    }
  }

  /**
   * @param images {@code [n, 1, 28, 28]}
   * @return the means over the images, in nats
   */
  Bound bound(Tensor images, Generator numbers) {
    int n = images.dim(0);
    Tensor features = hidden.forward(images.flatten(1), Unary.RELU);
    Tensor mu = mean.forward(features);
    Tensor logVar = logVariance.forward(features);
    // the draw stands outside: gradients pass through mu and logVar alone
    Tensor noise = Tensor.of(images.device(), numbers.normal(n * code, 0, 1), n, code);
    Tensor drawn = mu.add(logVar.mul(0.5f).exp().mul(noise));
    Tensor logits = decoder.forward(drawn);
    Tensor reconstruction =
        Losses.bceWithLogits(logits, images.flatten(1), null, null, Reduction.SUM).div(n);
    // KL(N(mu, var) | N(0, 1)) = (mu² + var - 1 - log var) / 2
    Tensor each = mu.mul(mu).add(logVar.exp()).sub(logVar).sub(1);
    return new Bound(reconstruction, each.sum().mul(0.5f / n));
  }

  /** Images from the means of their codes. */
  @Override
  public Tensor forward(Tensor images) {
    return decode(mean.forward(hidden.forward(images.flatten(1), Unary.RELU)));
  }

  /** Codes {@code [n, code]} to images {@code [n, 1, 28, 28]}. */
  Tensor decode(Tensor codes) {
    return decoder.forward(codes).sigmoid().reshape(-1, 1, 28, 28);
  }

  /** As many new codes. */
  Tensor draw(Device device, Generator numbers, int n) {
    return Tensor.of(device, numbers.normal(n * code, 0, 1), n, code);
  }
}
