package dev.kiln.examples.golden;

import dev.kiln.Tensor;
import dev.kiln.io.HostTensor;

/** The values of a tensor after each of some steps, stacked. */
final class History {
  private final int steps;
  private float[] values = new float[0];
  private int[] extents = new int[0];
  private int count;

  History(int steps) {
    this.steps = steps;
  }

  void add(Tensor tensor) {
    float[] now = tensor.toFloats();
    if (count == 0) {
      values = new float[steps * now.length];
      extents = tensor.shape().toArray();
    }
    System.arraycopy(now, 0, values, count * now.length, now.length);
    count++;
  }

  HostTensor whole() {
    int[] shape = new int[extents.length + 1];
    shape[0] = count;
    System.arraycopy(extents, 0, shape, 1, extents.length);
    return HostTensor.of(values, shape);
  }
}
