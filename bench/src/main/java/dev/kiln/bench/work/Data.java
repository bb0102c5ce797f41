package dev.kiln.bench.work;

import java.util.Arrays;
import java.util.SplittableRandom;

/** The numbers that works are filled with: the same for every engine, at every time. */
public final class Data {
  private Data() {}

  /**
   * @param what whose numbers they are: another name has others
   * @return as many numbers as a tensor of this shape has, uniform between {@code low} and {@code
   *     high}
   * @throws IllegalArgumentException if they are too many for an array
   */
  public static float[] uniform(String what, double low, double high, int... shape) {
    SplittableRandom random = random(what);
    float[] values = new float[size(what, shape)];
    for (int i = 0; i < values.length; i++) {
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

  private static int size(String what, int... shape) {
    long size = 1;
    for (int extent : shape) {
      size *= extent;
      if (size > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            what + " " + Arrays.toString(shape) + " has more numbers than an array can hold");
      }
    }
    return (int) size;
  }

  /**
   * Not by multiples of the constant it steps by: one name's numbers would be another's, shifted.
   */
  private static SplittableRandom random(String what) {
    return new SplittableRandom(what.hashCode() * 0xD1342543DE82EF95L);
  }
}
