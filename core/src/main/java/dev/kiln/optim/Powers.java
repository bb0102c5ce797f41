package dev.kiln.optim;

/**
 * Powers of one number, for a count that goes up by one from step to step: the power of a multiple
 * of 64, which is kept, times one of less than 64, which all are. A power depends on its exponent
 * alone, whatever was asked before.
 */
final class Powers {
  private static final int RUN = 64;

  private final double base;
  private final double[] low = new double[RUN];
  private int begin;
  private double high = 1;

  Powers(double base) {
    this.base = base;
    for (int i = 0; i < RUN; i++) {
      low[i] = Math.pow(base, i);
    }
  }

  double base() {
    return base;
  }

  /**
   * @param exponent at least 0
   */
  double of(int exponent) {
    int at = exponent % RUN;
    if (exponent - at != begin) {
      begin = exponent - at;
      high = Math.pow(base, begin);
    }
    return high * low[at];
  }
}
