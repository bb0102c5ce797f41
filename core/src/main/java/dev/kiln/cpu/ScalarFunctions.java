package dev.kiln.cpu;

import dev.kiln.backend.Unary;

/** The functions of one element in plain Java, computed in double precision where that matters. */
final class ScalarFunctions {
  private static final double ROOT_HALF = Math.sqrt(0.5);
  private static final double NORMAL_DENSITY = 1 / Math.sqrt(2 * Math.PI);
  private static final double GELU_SCALE = 2 * Math.sqrt(2 / Math.PI);
  private static final double GELU_CUBE = 0.044715;

  private ScalarFunctions() {}

  private interface Forward {
    double of(float x);
  }

  /** The gradient from what is kept and the upstream gradient. */
  private interface Gradient {
    double of(float kept, float dy);
  }

  /** {@code y = f(x)}. */
  static void forward(Unary f, float[] x, int xAt, float[] y, int yAt, int n) {
    Forward function = forward(f);
    for (int i = 0; i < n; i++) {
      y[yAt + i] = (float) function.of(x[xAt + i]);
    }
  }

  /** {@code dx = f'(kept) dy}. */
  static void gradient(
      Unary f, float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    Gradient gradient = gradient(f);
    for (int i = 0; i < n; i++) {
      dx[dxAt + i] = (float) gradient.of(kept[keptAt + i], dy[dyAt + i]);
    }
  }

  private static Forward forward(Unary f) {
    float a = f.a();
    float b = f.b();
    return switch (f.function()) {
      case RELU -> x -> Math.max(x, 0);
      case SIGMOID -> ScalarFunctions::sigmoid;
      case TANH -> Math::tanh;
      case LEAKY_RELU -> x -> x > 0 ? x : a * x;
      case ELU -> x -> x > 0 ? x : a * Math.expm1(x);
      case GELU -> x -> x * normal(x);
      case GELU_TANH -> x -> x * sigmoid(geluAngle(x));
      case SOFTPLUS -> x -> a * x > b ? x : softplus(a * x) / a;
      case SILU -> x -> x * sigmoid(x);
      case HARD_SIGMOID -> ScalarFunctions::hardSigmoid;
      case HARD_SWISH -> x -> x * hardSigmoid(x);
      case EXP -> Math::exp;
      case LOG -> Math::log;
      case SQRT -> Math::sqrt;
      case RSQRT -> x -> 1 / Math.sqrt(x);
      case ABS -> Math::abs;
      case SQUARE -> x -> x * x;
      case RECIPROCAL -> x -> 1 / x;
      case CLAMP, HARD_TANH -> x -> Math.min(Math.max(x, a), b);
      case POW -> x -> Math.pow(x, a);
    };
  }

  private static Gradient gradient(Unary f) {
    float a = f.a();
    float b = f.b();
    return switch (f.function()) {
      case RELU -> (y, dy) -> y <= 0 ? 0 : dy;
      case SIGMOID -> (y, dy) -> dy * (y * (1 - y));
      case TANH -> (y, dy) -> dy * (1 - y * y);
      case LEAKY_RELU -> (x, dy) -> x > 0 ? dy : a * dy;
      case ELU -> (x, dy) -> x > 0 ? dy : dy * (a * Math.exp(x));
      case GELU -> (x, dy) -> dy * (normal(x) + x * NORMAL_DENSITY * Math.exp(-0.5 * x * x));
      case GELU_TANH -> (x, dy) -> dy * geluTanhSlope(x);
      case SOFTPLUS -> (x, dy) -> a * x > b ? dy : dy * sigmoid(a * x);
      case SILU -> (x, dy) -> dy * (sigmoid(x) * (1 + x * (1 - sigmoid(x))));
      case HARD_SIGMOID -> (x, dy) -> x > -3 && x < 3 ? dy / 6 : 0;
      case HARD_SWISH -> (x, dy) -> x < -3 ? 0 : x <= 3 ? dy * (x / 3 + 0.5f) : dy;
      case EXP -> (y, dy) -> dy * y;
      case LOG -> (x, dy) -> dy / x;
      case SQRT -> (y, dy) -> dy / (2 * y);
      case RSQRT -> (y, dy) -> -0.5f * dy * (y * y * y);
      case ABS -> (x, dy) -> x > 0 ? dy : x < 0 ? -dy : 0;
      case SQUARE -> (x, dy) -> 2 * x * dy;
      case RECIPROCAL -> (y, dy) -> -dy * (y * y);
      case CLAMP -> (x, dy) -> x >= a && x <= b ? dy : 0;
      case HARD_TANH -> (y, dy) -> y > a && y < b ? dy : 0;
      case POW -> (x, dy) -> a == 0 ? 0 : dy * (a * Math.pow(x, a - 1));
    };
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** {@code log(1 + exp(x))}, which nothing overflows. */
  static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  private static double normal(double x) {
    return 0.5 * (1 + ErrorFunction.of(x * ROOT_HALF));
  }

  private static float hardSigmoid(float x) {
    return Math.min(Math.max(x / 6 + 0.5f, 0), 1);
  }

  /** {@code (1 + tanh(u)) / 2} is the logistic function of this, {@code 2 u}. */
  private static double geluAngle(double x) {
    return GELU_SCALE * (x + GELU_CUBE * x * x * x);
  }

  private static double geluTanhSlope(double x) {
    double u = geluAngle(x);
    double slope = GELU_SCALE * (1 + 3 * GELU_CUBE * x * x);
    return sigmoid(u) + x * (sigmoid(u) * sigmoid(-u)) * slope;
  }
}
