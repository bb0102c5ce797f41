package dev.kiln.cpu;

/**
 * The error function, {@code erf(x) = 2/√π ∫ exp(-t²) dt} from 0 to x, for plain loops, and the
 * numbers that {@link VectorMath#erf} shares. Near 0 it is {@code x + x N(x²)}; farther away {@code
 * 1 - exp(-F(x))}, where F approximates the logarithm of what is missing to 1. The polynomials are
 * minimax fits made for this class.
 */
final class ErrorFunction {
  /** Below it N holds, above it F. */
  static final float NEAR = 0.9f;

  /** From here on it is 1 in float32. */
  static final float ONE = 4;

  static final float N0 = 0.12837917f;
  static final float N1 = -0.37612635f;
  static final float N2 = 0.11283715f;
  static final float N3 = -0.026860509f;
  static final float N4 = 0.005203859f;
  static final float N5 = -0.00081756397f;
  static final float N6 = 8.513105e-05f;

  static final float F0 = 0.00016644777f;
  static final float F1 = 1.1277972f;
  static final float F2 = 0.63697606f;
  static final float F3 = 0.104113676f;
  static final float F4 = -0.022315213f;
  static final float F5 = 0.0030654902f;
  static final float F6 = -0.00019821966f;

  private ErrorFunction() {}

  /** Within 1e-7, relative. */
  static double of(double x) {
    double a = Math.abs(x);
    if (a < NEAR) {
      double z = x * x;
      double n = N6;
      n = n * z + N5;
      n = n * z + N4;
      n = n * z + N3;
      n = n * z + N2;
      n = n * z + N1;
      n = n * z + N0;
      return x + x * n;
    }
    if (a >= ONE) {
      return Math.signum(x);
    }
    double f = F6;
    f = f * a + F5;
    f = f * a + F4;
    f = f * a + F3;
    f = f * a + F2;
    f = f * a + F1;
    f = f * a + F0;
    return Math.copySign(1 - Math.exp(-f), x);
  }
}
