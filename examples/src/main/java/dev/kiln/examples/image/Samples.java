package dev.kiln.examples.image;

import dev.kiln.data.Dataset;

/**
 * Compares images that a net has drawn with written ones, by distances alone: no net that
 * recognizes digits is asked.
 */
final class Samples {
  private static final int SIDE = 28;
  private static final int PIXELS = SIDE * SIDE;

  private Samples() {}

  /**
   * Both relative to written digits that nobody has seen: a perfect net has 1.
   *
   * @param distance to the nearest known digit; above 1 for what does not look like one, far below
   *     for copies
   * @param variety the mean distance from one to another; near 0 if all are the same, NaN for one
   *     alone
   */
  record Verdict(double distance, double variety) {}

  /** All images of a dataset, one after the other. */
  static float[] of(Dataset images) {
    int pixels = images.inputShape().size();
    float[] values = new float[images.size() * pixels];
    for (int i = 0; i < images.size(); i++) {
      images.read(i, values, i * pixels);
    }
    return values;
  }

  /**
   * @param drawn what a net made
   * @param written as many that it has not seen
   * @param known what it learnt from, or some of it
   */
  static Verdict compare(float[] drawn, float[] written, float[] known) {
    return new Verdict(
        nearest(drawn, known) / nearest(written, known), spread(drawn) / spread(written));
  }

  private static double nearest(float[] images, float[] known) {
    double sum = 0;
    for (int i = 0; i < images.length; i += PIXELS) {
      float least = Float.MAX_VALUE;
      for (int j = 0; j < known.length; j += PIXELS) {
        least = Math.min(least, square(images, i, known, j, least));
      }
      sum += Math.sqrt(least);
    }
    return sum * PIXELS / images.length;
  }

  /** Of each image to some others. */
  private static double spread(float[] images) {
    int n = images.length / PIXELS;
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < n; i++) {
      for (int apart = 1; apart <= Math.min(20, n - 1); apart++) {
        sum +=
            Math.sqrt(
                square(images, i * PIXELS, images, (i + apart) % n * PIXELS, Float.MAX_VALUE));
        pairs++;
      }
    }
    return sum / pairs;
  }

  /** The squared distance, or something above {@code most} if it is above that. */
  private static float square(float[] a, int i, float[] b, int j, float most) {
    float sum = 0;
    for (int row = 0; row < PIXELS && sum <= most; row += SIDE) {
      float upper = 0;
      float lower = 0;
      for (int p = row; p < row + SIDE; p += 2) {
        float even = a[i + p] - b[j + p];
        float odd = a[i + p + 1] - b[j + p + 1];
        upper += even * even;
        lower += odd * odd;
      }
      sum += upper + lower;
    }
    return sum;
  }
}
