package dev.kiln.bench.work;

import java.util.SplittableRandom;

/** The numbers that works are filled with: the same for every engine, at every time. */
public final class Data {
  private Data() {}

  /**
   * @param what whose numbers they are: another name has others
   * @return {@code n} numbers uniform between {@code low} and {@code high}
   */
  public static float[] uniform(String what, int n, double low, double high) {
    SplittableRandom random = random(what);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (low + random.nextDouble() * (high - low));
    }
    return values;
  }

  /** {@code n} class numbers below {@code classes}. */
  public static int[] classes(String what, int n, int classes) {
    SplittableRandom random = random(what);
    int[] values = new int[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextInt(classes);
    }
    return values;
  }

  /**
   * Not by multiples of the constant it steps by: one name's numbers would be another's, shifted.
   */
  private static SplittableRandom random(String what) {
    return new SplittableRandom(what.hashCode() * 0xD1342543DE82EF95L);
  }
}
