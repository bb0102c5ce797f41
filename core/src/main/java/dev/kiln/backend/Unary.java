package dev.kiln.backend;

/**
 * A function of one element, with the numbers that fix it. NaN stays NaN.
 *
 * @param a the first number, 0 where the function has none
 * @param b the second one
 */
public record Unary(Function function, float a, float b) {
  public static final Unary RELU = new Unary(Function.RELU, 0, 0);
  public static final Unary SIGMOID = new Unary(Function.SIGMOID, 0, 0);
  public static final Unary TANH = new Unary(Function.TANH, 0, 0);
  public static final Unary GELU = new Unary(Function.GELU, 0, 0);
  public static final Unary GELU_TANH = new Unary(Function.GELU_TANH, 0, 0);
  public static final Unary SILU = new Unary(Function.SILU, 0, 0);
  public static final Unary HARD_SIGMOID = new Unary(Function.HARD_SIGMOID, 0, 0);
  public static final Unary HARD_SWISH = new Unary(Function.HARD_SWISH, 0, 0);
  public static final Unary EXP = new Unary(Function.EXP, 0, 0);
  public static final Unary LOG = new Unary(Function.LOG, 0, 0);
  public static final Unary SQRT = new Unary(Function.SQRT, 0, 0);
  public static final Unary RSQRT = new Unary(Function.RSQRT, 0, 0);
  public static final Unary ABS = new Unary(Function.ABS, 0, 0);
  public static final Unary SQUARE = new Unary(Function.SQUARE, 0, 0);
  public static final Unary RECIPROCAL = new Unary(Function.RECIPROCAL, 0, 0);

  /** What is computed; where the slope jumps, PyTorch's choice. */
  public enum Function {
    /** {@code max(x, 0)}; the slope at 0 is 0. */
    RELU(true),
    /** {@code 1 / (1 + exp(-x))}. */
    SIGMOID(true),
    /** {@code tanh(x)}. */
    TANH(true),
    /** {@code x > 0 ? x : a x}; the slope at 0 is a. */
    LEAKY_RELU(false),
    /** {@code x > 0 ? x : a (exp(x) - 1)}; the slope at 0 is a. */
    ELU(false),
    /** {@code x Φ(x)} with the normal distribution {@code Φ(x) = (1 + erf(x / √2)) / 2}. */
    GELU(false),
    /** {@code x / 2 (1 + tanh(√(2/π) (x + 0.044715 x³)))}. */
    GELU_TANH(false),
    /** {@code log(1 + exp(a x)) / a}, and x itself where {@code a x > b}. */
    SOFTPLUS(false),
    /** {@code x / (1 + exp(-x))}. */
    SILU(false),
    /** {@code min(max(x / 6 + 1/2, 0), 1)}; the slope at -3 and 3 is 0. */
    HARD_SIGMOID(false),
    /** {@code x min(max(x / 6 + 1/2, 0), 1)}. */
    HARD_SWISH(false),
    /** {@code exp(x)}. */
    EXP(true),
    /** The natural logarithm. */
    LOG(false),
    /** {@code √x}. */
    SQRT(true),
    /** {@code 1 / √x}. */
    RSQRT(true),
    /** {@code |x|}; the slope at 0 is 0. */
    ABS(false),
    /** {@code x²}. */
    SQUARE(false),
    /** {@code 1 / x}. */
    RECIPROCAL(true),
    /** {@code min(max(x, a), b)}; the slope at a and b is 1. */
    CLAMP(false),
    /** {@code min(max(x, a), b)}; the slope at a and b is 0. */
    HARD_TANH(true),
    /** {@code x} to the power of a; for {@code a = 0} the slope is 0 everywhere. */
    POW(false);

    private final boolean keepsOutput;

    Function(boolean keepsOutput) {
      this.keepsOutput = keepsOutput;
    }
  }

  /**
   * @param slope below 0
   */
  public static Unary leakyRelu(float slope) {
    return new Unary(Function.LEAKY_RELU, slope, 0);
  }

  /**
   * @param alpha what it approaches, negated, far below 0
   */
  public static Unary elu(float alpha) {
    return new Unary(Function.ELU, alpha, 0);
  }

  /**
   * @param beta above 0
   * @param threshold where {@code beta x} passes it, the result is x
   */
  public static Unary softplus(float beta, float threshold) {
    return new Unary(Function.SOFTPLUS, beta, threshold);
  }

  /** From {@code min} to {@code max}, each of which may be infinite. */
  public static Unary clamp(float min, float max) {
    return new Unary(Function.CLAMP, min, max);
  }

  public static Unary hardTanh(float min, float max) {
    return new Unary(Function.HARD_TANH, min, max);
  }

  /** The same function by its own name where it has one: square, root, reciprocal. */
  public static Unary pow(float exponent) {
    if (exponent == 2) {
      return SQUARE;
    } else if (exponent == 0.5f) {
      return SQRT;
    } else if (exponent == -0.5f) {
      return RSQRT;
    } else if (exponent == -1) {
      return RECIPROCAL;
    }
    return new Unary(Function.POW, exponent, 0);
  }

  /** Whether the gradient is computed from the output; else from the input. */
  public boolean keepsOutput() {
    return function.keepsOutput;
  }
}
