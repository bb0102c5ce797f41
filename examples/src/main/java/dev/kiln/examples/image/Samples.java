package dev.kiln.examples.image;

import dev.kiln.data.Dataset;

/**
 * Compares images that a net has drawn with written ones, by distances alone: no net that
 * recognizes digits is asked.
 */
final class Samples {
  private Samples() {}

  /**
   * Both relative to written digits that nobody has seen: a perfect net has 1.
   *
   * @param distance to the nearest known digit; above 1 for what does not look like one, far below
   *     for copies
   * @param variety the mean distance from one to another; near 0 if all are the same
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

  private static final int PIXELS = 28 * 28;

  private static double nearest(float[] images, float[] known) {
    double sum = 0;
    for (int i = 0; i < images.length; i += PIXELS) {
      double least = Double.MAX_VALUE;
      for (int j = 0; j < known.length; j += PIXELS) {
        least = Math.min(least, square(images, i, known, j));
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
        sum += Math.sqrt(square(images, i * PIXELS, images, (i + apart) % n * PIXELS));
        pairs++;
      }
    }
    return sum / pairs;
  }

  private static float square(float[] a, int i, float[] b, int j) {
    float sum = 0;
    for (int p = 0; p < PIXELS; p++) {
      float difference = a[i + p] - b[j + p];
      sum += difference * difference;
    }
    return sum;
  }
}
