package dev.kiln.examples.regression;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Tensor;

/**
 * Points around {@code y = x³ + sin(4x) / 2}, x from -1 to 1.
 *
 * @param x in no order
 * @param y with the noise
 */
record NoisyCurve(float[] x, float[] y) {
  /** The noise's standard deviation. */
  static final float NOISE = 0.1f;

  static NoisyCurve draw(int points, long seed) {
    Generator numbers = new Generator(seed);
    float[] x = numbers.uniform(points, -1, 1);
    float[] y = numbers.normal(points, 0, NOISE);
    for (int i = 0; i < points; i++) {
      y[i] += truth(x[i]);
    }
    return new NoisyCurve(x, y);
  }

  /** The curve without noise. */
  static float truth(float x) {
    return (float) (x * x * x + Math.sin(4 * x) / 2);
  }

  /** Evenly spaced places, both ends included. */
  static float[] grid(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = 2f * i / (n - 1) - 1;
    }
    return x;
  }

  int size() {
    return x.length;
  }

  /** A column of some numbers of {@code values}, {@code [chosen, 1]}. */
  static Tensor column(Device device, float[] values, int... chosen) {
    float[] column = new float[chosen.length];
    for (int i = 0; i < column.length; i++) {
      column[i] = values[chosen[i]];
    }
    return Tensor.of(device, column, column.length, 1);
  }
}
