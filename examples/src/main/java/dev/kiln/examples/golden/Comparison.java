package dev.kiln.examples.golden;

import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.examples.golden.GoldenCase.Expected;
import dev.kiln.io.HostTensor;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a computed array compares with what was expected.
 *
 * @param worst the largest share of its tolerance that an element took: above 1 it is off
 * @param difference what is wrong, null where nothing is
 */
record Comparison(double worst, @Nullable String difference) {

  /** Element by element; NaN equals NaN, and infinities only themselves. */
  static Comparison of(String what, Expected expected, HostTensor actual) {
    HostTensor wanted = expected.values();
    if (!actual.shape().equals(wanted.shape()) || actual.dtype() != wanted.dtype()) {
      return new Comparison(
          Double.POSITIVE_INFINITY,
          what
              + " is "
              + actual.dtype()
              + " "
              + actual.shape()
              + ", should be "
              + wanted.dtype()
              + " "
              + wanted.shape());
    }
    int wrong = 0;
    int first = -1;
    double worst = 0;
    for (int i = 0; i < wanted.size(); i++) {
      double share = share(at(actual, i), at(wanted, i), expected.atol(), expected.rtol());
      if (!(share <= 1)) {
        wrong++;
        first = first < 0 ? i : first;
      }
      worst = Math.max(worst, share);
    }
    return new Comparison(
        worst, wrong == 0 ? null : describe(what, expected, actual, wrong, first, worst));
  }

  private static double share(double actual, double wanted, double atol, double rtol) {
    if (actual == wanted || Double.isNaN(actual) && Double.isNaN(wanted)) {
      return 0;
    }
    double tolerance = atol + rtol * Math.abs(wanted);
    double share = Math.abs(actual - wanted) / tolerance;
    // one NaN, one infinity, or no tolerance at all
    return Double.isNaN(share) || Double.isInfinite(wanted) ? Double.POSITIVE_INFINITY : share;
  }

  private static double at(HostTensor array, int i) {
    return array.dtype() == DType.FLOAT32 ? array.floats()[i] : array.ints()[i];
  }

  private static String describe(
      String what, Expected expected, HostTensor actual, int wrong, int first, double worst) {
    double wanted = at(expected.values(), first);
    return String.format(
        Locale.ROOT,
        "%s: %d of %d elements are off, the first at %s: %s, should be %s ± %.2g; the worst by %.3g"
            + " times the tolerance",
        what,
        wrong,
        actual.size(),
        Arrays.toString(position(actual.shape(), first)),
        (float) at(actual, first),
        (float) wanted,
        expected.atol() + expected.rtol() * Math.abs(wanted),
        worst);
  }

  private static int[] position(Shape shape, int index) {
    int[] position = new int[shape.rank()];
    int rest = index;
    for (int i = position.length - 1; i >= 0; i--) {
      position[i] = rest % shape.dim(i);
      rest /= shape.dim(i);
    }
    return position;
  }
}
