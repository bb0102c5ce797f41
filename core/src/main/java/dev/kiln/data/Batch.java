package dev.kiln.data;

import dev.kiln.Device;
import dev.kiln.Shape;
import dev.kiln.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Some samples of a dataset. Its tensors are made when they are first asked for, in the scope that
 * is open then, and end with it.
 */
public final class Batch {
  private final Device device;
  private final Shape shape;
  private final float[] inputs;
  private final int[] targets;
  private @Nullable Tensor input;
  private @Nullable Tensor target;

  Batch(Device device, Shape shape, float[] inputs, int[] targets) {
    this.device = device;
    this.shape = shape;
    this.inputs = inputs;
    this.targets = targets;
  }

  /** How many samples. */
  public int size() {
    return targets.length;
  }

  /** The inputs, {@code [n, ...]}. */
  public Tensor input() {
    Tensor tensor = input;
    if (tensor == null) {
      // the tensor may take the array over and its scope recycle it: it is given away once
      tensor = Tensor.of(device, inputs, shape.toArray());
      input = tensor;
    }
    return open(tensor);
  }

  /** The classes, int32 {@code [n]}. */
  public Tensor target() {
    Tensor tensor = target;
    if (tensor == null) {
      tensor = Tensor.of(device, targets.clone(), targets.length);
      target = tensor;
    }
    return open(tensor);
  }

  /** The classes on the host, a copy. */
  public int[] labels() {
    return targets.clone();
  }

  private static Tensor open(Tensor tensor) {
    if (tensor.isClosed()) {
      throw new IllegalStateException(
          "batch: its tensors ended with the scope in which they were first asked for");
    }
    return tensor;
  }
}
