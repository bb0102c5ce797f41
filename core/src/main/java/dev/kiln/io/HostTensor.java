package dev.kiln.io;

import dev.kiln.DType;
import dev.kiln.Device;
import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Numbers in a Java array with their shape, row-major: what files and saved states are made of. It
 * belongs to no device and to no scope.
 */
public final class HostTensor {
  private final Shape shape;
  private final float @Nullable [] floats;
  private final int @Nullable [] ints;

  private HostTensor(Shape shape, float @Nullable [] floats, int @Nullable [] ints) {
    this.shape = shape;
    this.floats = floats;
    this.ints = ints;
  }

  /**
   * A tensor over {@code values} themselves, no copy.
   *
   * @throws ShapeException if the shape has another number of elements
   */
  public static HostTensor of(float[] values, int... shape) {
    return of(values, Shape.of(shape));
  }

  /** An int32 tensor, like {@link #of(float[], int...)}. */
  public static HostTensor of(int[] values, int... shape) {
    return of(values, Shape.of(shape));
  }

  static HostTensor of(float[] values, Shape shape) {
    checkSize(values.length, shape);
    return new HostTensor(shape, values, null);
  }

  static HostTensor of(int[] values, Shape shape) {
    checkSize(values.length, shape);
    return new HostTensor(shape, null, values);
  }

  /** A copy of what {@code tensor} holds now; waits for it. */
  public static HostTensor of(Tensor tensor) {
    return tensor.dtype() == DType.INT32
        ? of(tensor.toInts(), tensor.shape())
        : of(tensor.toFloats(), tensor.shape());
  }

  private static void checkSize(int length, Shape shape) {
    if (length != shape.size()) {
      throw new ShapeException(
          "HostTensor.of: "
              + length
              + " values do not fill the shape "
              + shape
              + " of "
              + shape.size()
              + " elements");
    }
  }

  public Shape shape() {
    return shape;
  }

  public DType dtype() {
    return floats == null ? DType.INT32 : DType.FLOAT32;
  }

  /** How many elements. */
  public int size() {
    return shape.size();
  }

  /**
   * The values themselves, no copy.
   *
   * @throws IllegalStateException if they are int32
   */
  public float[] floats() {
    if (floats == null) {
      throw new IllegalStateException("floats: " + this + " holds int32 values; use ints()");
    }
    return floats;
  }

  /**
   * The values themselves, no copy.
   *
   * @throws IllegalStateException if they are float32
   */
  public int[] ints() {
    if (ints == null) {
      throw new IllegalStateException("ints: " + this + " holds float32 values; use floats()");
    }
    return ints;
  }

  /** A copy on a device, in the current scope. */
  public Tensor to(Device device) {
    return floats != null
        ? Tensor.of(device, FloatBuffer.wrap(floats), shape.toArray())
        : Tensor.of(device, ints().clone(), shape.toArray());
  }

  @Override
  public String toString() {
    return "HostTensor" + shape + " " + dtype();
  }
}
