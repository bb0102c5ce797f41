package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.backend.Unary;
import org.jspecify.annotations.Nullable;

/**
 * A fully connected layer, {@code y = x Wᵀ + b}: {@code [..., in]} to {@code [..., out]}.
 *
 * <p>Parameters: {@code weight [out, in]}, {@code bias [out]}, both uniform within {@code 1 /
 * sqrt(in)}, as in PyTorch.
 */
public final class Linear extends Module {
  private final int in;
  private final int out;
  private final Parameter weight;
  private @Nullable Parameter bias;

  public Linear(int in, int out) {
    if (in < 1 || out < 1) {
      throw new IllegalArgumentException(
          "Linear: features are at least 1, not in " + in + " and out " + out);
    }
    this.in = in;
    this.out = out;
    weight = parameter("weight", Init.kaimingUniform(Math.sqrt(5)), out, in);
    bias(true);
  }

  /** Whether there is a bias: unless told, there is. */
  public Linear bias(boolean wanted) {
    withdraw("bias", "bias");
    double bound = 1 / Math.sqrt(in);
    bias = wanted ? parameter("bias", Init.uniform(-bound, bound), out) : null;
    return this;
  }

  @Override
  public Tensor forward(Tensor x) {
    return forward(x, null, null);
  }

  /**
   * {@code f(x Wᵀ + b)}: the same bits as the function after the layer, in fewer passes over memory
   * where it is {@link Unary#RELU} or, without a gradient, {@link Unary#GELU}.
   */
  public Tensor forward(Tensor x, Unary f) {
    return forward(x, null, f);
  }

  /**
   * {@code f(x Wᵀ + b + residual)}, likewise.
   *
   * @param residual {@code [..., out]}; null for none
   * @param f null for none
   */
  public Tensor forward(Tensor x, @Nullable Tensor residual, @Nullable Unary f) {
    Tensor w = weight.tensor();
    Tensor b = bias == null ? null : bias.tensor();
    return dev.kiln.ops.Linear.apply(x, w, b, residual, f);
  }

  @Override
  protected String describe() {
    return "Linear(" + in + ", " + out + (bias == null ? ", no bias)" : ")");
  }
}
