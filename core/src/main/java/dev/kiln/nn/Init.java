package dev.kiln.nn;

import dev.kiln.Generator;
import dev.kiln.Shape;
import java.util.Arrays;

/**
 * Where a parameter's first values come from. They are drawn on the host, so a seed gives the same
 * weights on every device.
 *
 * <p>A weight of {@code [out, in, ...]} has a fan-in of {@code in} and a fan-out of {@code out},
 * each times the positions of its kernel.
 */
@FunctionalInterface
public interface Init {
  /** The values of a parameter of this shape, row-major. */
  float[] values(Shape shape, Generator generator);

  static Init constant(double value) {
    return (shape, generator) -> {
      float[] values = new float[shape.size()];
      Arrays.fill(values, (float) value);
      return values;
    };
  }

  static Init zeros() {
    return constant(0);
  }

  static Init ones() {
    return constant(1);
  }

  /** Uniform in {@code [low, high)}. */
  static Init uniform(double low, double high) {
    return (shape, generator) -> generator.uniform(shape.size(), low, high);
  }

  static Init normal(double mean, double deviation) {
    return (shape, generator) -> generator.normal(shape.size(), mean, deviation);
  }

  /**
   * Uniform with a variance that rectifiers keep from layer to layer (He, Zhang, Ren and Sun 2015):
   * {@code bound = sqrt(6 / ((1 + slope²) · fan-in))}.
   *
   * @param slope of the rectifier below 0: 0 for ReLU; PyTorch's linear and convolutional layers
   *     start from {@code sqrt(5)}
   */
  static Init kaimingUniform(double slope) {
    return (shape, generator) -> {
      double bound = Math.sqrt(6 / ((1 + slope * slope) * Math.max(1, fanIn(shape))));
      return generator.uniform(shape.size(), -bound, bound);
    };
  }

  /** Normal with the same variance: {@code deviation = sqrt(2 / ((1 + slope²) · fan-in))}. */
  static Init kaimingNormal(double slope) {
    return (shape, generator) -> {
      double deviation = Math.sqrt(2 / ((1 + slope * slope) * Math.max(1, fanIn(shape))));
      return generator.normal(shape.size(), 0, deviation);
    };
  }

  /**
   * Uniform with a variance between what forward and backward pass want (Glorot and Bengio 2010):
   * {@code bound = gain · sqrt(6 / (fan-in + fan-out))}.
   */
  static Init xavierUniform(double gain) {
    return (shape, generator) -> {
      double bound = gain * Math.sqrt(6.0 / Math.max(1, fanIn(shape) + fanOut(shape)));
      return generator.uniform(shape.size(), -bound, bound);
    };
  }

  /** Normal with the same variance: {@code deviation = gain · sqrt(2 / (fan-in + fan-out))}. */
  static Init xavierNormal(double gain) {
    return (shape, generator) -> {
      double deviation = gain * Math.sqrt(2.0 / Math.max(1, fanIn(shape) + fanOut(shape)));
      return generator.normal(shape.size(), 0, deviation);
    };
  }

  private static int fanIn(Shape shape) {
    check(shape);
    return shape.dim(1) * shape.size(2, shape.rank());
  }

  private static int fanOut(Shape shape) {
    check(shape);
    return shape.dim(0) * shape.size(2, shape.rank());
  }

  private static void check(Shape shape) {
    if (shape.rank() < 2) {
      throw new IllegalArgumentException(
          "init: a parameter "
              + shape
              + " has no fan-in; Kaiming and Xavier want [out, in, ...], a bias takes uniform or"
              + " zeros");
    }
  }
}
