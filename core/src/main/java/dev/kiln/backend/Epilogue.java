package dev.kiln.backend;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a product or a convolution does to its results before it writes them: {@code y =
 * activation(product + bias + residual)}, in cuDNN's order. Each result is, to the bit, what the
 * same call without the residual and the activation, then {@link Elementwise#binary} and {@link
 * Elementwise#unary} give.
 *
 * @param bias one number a column of a product, or an output channel of a convolution; null for
 *     none
 * @param residual added to the results, as many numbers as they; not the result's own buffer; null
 *     for none
 */
public record Epilogue(
    @Nullable Buffer bias, @Nullable Buffer residual, Epilogue.Activation activation) {
  /** Results as they are. */
  public static final Epilogue NONE = new Epilogue(null, null, Activation.NONE);

  /** The functions that can be part of it. */
  public enum Activation {
    NONE(null),
    RELU(Unary.RELU),
    GELU(Unary.GELU),
    GELU_TANH(Unary.GELU_TANH);

    private final @Nullable Unary function;

    Activation(@Nullable Unary function) {
      this.function = function;
    }

    /** Null for none. */
    public @Nullable Unary function() {
      return function;
    }

    /** The one that is this function; null if it cannot be part of an epilogue. */
    public static @Nullable Activation of(Unary function) {
      for (Activation activation : values()) {
        if (function.equals(activation.function)) {
          return activation;
        }
      }
      return null;
    }

    /** As in error messages. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A bias alone.
   *
   * @param bias null for none
   */
  public static Epilogue bias(@Nullable Buffer bias) {
    return bias == null ? NONE : new Epilogue(bias, null, Activation.NONE);
  }
}
