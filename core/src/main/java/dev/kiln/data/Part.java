package dev.kiln.data;

import dev.kiln.Shape;
import java.util.Objects;

/** Samples of another dataset that follow each other. */
record Part(Dataset whole, int from, int size) implements Dataset {
  @Override
  public Shape inputShape() {
    return whole.inputShape();
  }

  @Override
  public void read(int index, float[] destination, int offset) {
    whole.read(from + Objects.checkIndex(index, size), destination, offset);
  }

  @Override
  public int target(int index) {
    return whole.target(from + Objects.checkIndex(index, size));
  }
}
