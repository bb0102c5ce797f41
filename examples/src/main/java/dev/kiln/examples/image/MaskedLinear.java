package dev.kiln.examples.image;

import dev.kiln.Tensor;
import dev.kiln.nn.Init;
import dev.kiln.nn.Module;
import dev.kiln.nn.Parameter;
import dev.kiln.ops.Linear;

/**
 * A linear layer over the pixels of a row, each with several units, in which what belongs to a
 * pixel sees only what belongs to pixels before it (Germain et al. 2015). The weights that it must
 * not have are multiplied by 0.
 */
final class MaskedLinear extends Module {
  private final Parameter weight;
  private final Parameter bias;
  private final Parameter mask;

  /**
   * @param in units of each pixel that come in
   * @param out units of each pixel that go out
   * @param own whether a pixel sees what came in for itself
   */
  MaskedLinear(int pixels, int in, int out, boolean own) {
    // half of what a full layer starts with is masked
    double bound = 1 / Math.sqrt(pixels * in / 2.0);
    weight = parameter("weight", Init.uniform(-bound, bound), pixels * out, pixels * in);
    bias = parameter("bias", Init.zeros(), pixels * out);
    mask =
        buffer("mask", (shape, numbers) -> mask(pixels, in, out, own), pixels * out, pixels * in);
  }

  private static float[] mask(int pixels, int in, int out, boolean own) {
    float[] mask = new float[pixels * out * pixels * in];
    for (int to = 0; to < pixels * out; to++) {
      for (int from = 0; from < pixels * in; from++) {
        int before = to / out - from / in;
        mask[to * pixels * in + from] = before > 0 || own && before == 0 ? 1 : 0;
      }
    }
    return mask;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Linear.apply(x, weight.tensor().mul(mask.tensor()), bias.tensor());
  }
}
