package dev.kiln.bench.engine;

import dev.kiln.bench.work.Work;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether two engines came to the same numbers, as far as float32 goes. Rounding errors of a sum
 * grow with the root of its length, so the numbers of a result may differ by 32 · 2⁻²⁴ · √terms (of
 * at least 16 terms) of the result's root mean square. That leaves room for Winograd's
 * convolutions, and none for products in half precision or TF32.
 */
public final class Agreement {
  private static final double UNIT = 32 * 0x1p-24;
  private static final int LEAST_TERMS = 16;

  private Agreement() {}

  /**
   * @return the largest difference, as a share of what is allowed
   * @throws DisagreementException if it is above 1, or results are missing or of another size
   */
  public static double check(
      String engine, Work work, Map<String, float[]> reference, Map<String, float[]> found) {
    double largest = 0;
    for (Map.Entry<String, Integer> result : work.results().entrySet()) {
      float[] expected = reference.get(result.getKey());
      float[] actual = found.get(result.getKey());
      String where = "engine " + engine + ", work " + work.name() + ": the " + result.getKey();
      if (expected == null || actual == null || expected.length != actual.length) {
        throw new DisagreementException(
            where + " has " + length(actual) + " and should have " + length(expected));
      }
      largest = Math.max(largest, check(where, result.getValue(), expected, actual));
    }
    return largest;
  }

  private static String length(float @Nullable [] values) {
    return values == null ? "no numbers" : values.length + " numbers";
  }

  private static double check(String where, int terms, float[] expected, float[] actual) {
    double squares = 0;
    for (float value : expected) {
      squares += (double) value * value;
    }
    double scale = Math.sqrt(squares / expected.length);
    double allowed = UNIT * Math.sqrt(Math.max(terms, LEAST_TERMS)) * scale;
    int worst = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      double here = Math.abs((double) expected[i] - actual[i]);
      // NaN is not below anything
      if (!(here <= difference)) {
        worst = i;
        difference = here;
      }
      if (Double.isNaN(here)) {
        break;
      }
    }
    if (!(difference <= allowed)) {
      throw new DisagreementException(
          String.format(
              Locale.ROOT,
              "%s differs from the reference by %.3g and may by %.3g: number %d is %.9g and should"
                  + " be %.9g",
              where,
              difference,
              allowed,
              worst,
              actual[worst],
              expected[worst]));
    }
    return allowed == 0 ? 0 : difference / allowed;
  }
}
