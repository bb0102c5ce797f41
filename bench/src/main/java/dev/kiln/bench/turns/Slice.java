package dev.kiln.bench.turns;

import java.util.Arrays;
import java.util.Locale;

/**
 * Some seconds of steps, one after another: times of a step in microseconds.
 *
 * @param mean the seconds over the steps
 */
record Slice(double mean, double lowerQuartile, double median, double upperQuartile) {
  private static final String MARK = "slice";

  /**
   * @param nanos of each step; sorted by this
   */
  static Slice of(long[] nanos) {
    Arrays.sort(nanos);
    return new Slice(
        Arrays.stream(nanos).average().orElse(Double.NaN) / 1e3,
        nanos[nanos.length / 4] / 1e3,
        nanos[nanos.length / 2] / 1e3,
        nanos[nanos.length * 3 / 4] / 1e3);
  }

  /** As a line, for another process to {@link #parse}. */
  String line() {
    return String.format(
        Locale.ROOT, "%s %f %f %f %f", MARK, mean, lowerQuartile, median, upperQuartile);
  }

  static boolean isLine(String line) {
    return line.startsWith(MARK + " ");
  }

  static Slice parse(String line) {
    String[] numbers = line.split(" ");
    return new Slice(
        Double.parseDouble(numbers[1]),
        Double.parseDouble(numbers[2]),
        Double.parseDouble(numbers[3]),
        Double.parseDouble(numbers[4]));
  }
}
