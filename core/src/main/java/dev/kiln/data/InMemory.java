package dev.kiln.data;

import dev.kiln.Shape;

/** Inputs and targets in two arrays. */
final class InMemory implements Dataset {
  private final float[] inputs;
  private final int[] targets;
  private final Shape shape;

  InMemory(float[] inputs, int[] targets, Shape shape) {
    this.inputs = inputs;
    this.targets = targets;
    this.shape = shape;
  }

  @Override
  public int size() {
    return targets.length;
  }

  @Override
  public Shape inputShape() {
    return shape;
  }

  @Override
  public void read(int index, float[] destination, int offset) {
    System.arraycopy(inputs, index * shape.size(), destination, offset, shape.size());
  }

  @Override
  public int target(int index) {
    return targets[index];
  }
}
