package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.backend.Unary;
import dev.kiln.ops.Activation;

/** {@code x Φ(x)} with the normal distribution Φ, element by element; any shape. */
public final class GELU extends Module {
  private final boolean approximate;

  /** By the error function. */
  public GELU() {
    this(false);
  }

  /**
   * @param approximate by a hyperbolic tangent, PyTorch's {@code approximate='tanh'}
   */
  public GELU(boolean approximate) {
    this.approximate = approximate;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Activation.apply(function(), x);
  }

  Unary function() {
    return approximate ? Unary.GELU_TANH : Unary.GELU;
  }

  @Override
  protected String describe() {
    return approximate ? "GELU(tanh)" : "GELU";
  }
}
