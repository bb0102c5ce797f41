package dev.kiln.bench.report;

import java.util.Locale;

/**
 * A number that was measured.
 *
 * @param error half of its confidence interval; NaN where too little was measured to tell
 */
record Estimate(double value, double error) {
  /** This over another; the two were measured apart, so their relative errors add up in squares. */
  Estimate over(Estimate other) {
    double ratio = value / other.value;
    return new Estimate(ratio, Math.abs(ratio) * Math.hypot(share(), other.share()));
  }

  Estimate times(double factor) {
    return new Estimate(value * factor, error * Math.abs(factor));
  }

  /** The error as a share of the value. */
  private double share() {
    return error / value;
  }

  /** {@code 12.3 ± 0.4}: three digits of the value, and as many places of the error. */
  @Override
  public String toString() {
    int places = Math.max(0, 2 - (int) Math.floor(Math.log10(Math.max(Math.abs(value), 1e-9))));
    String format = "%,." + places + "f";
    String number = String.format(Locale.ROOT, format, value);
    return Double.isNaN(error)
        ? number
        : number + " ± " + String.format(Locale.ROOT, format, error);
  }

  /** Of a time in microseconds, with the unit that suits it. */
  String asTime() {
    if (value < 1) {
      return times(1e3) + " ns";
    }
    if (value < 1e3) {
      return this + " µs";
    }
    return value < 1e6 ? times(1e-3) + " ms" : times(1e-6) + " s";
  }
}
