package dev.kiln.data;

import dev.kiln.Shape;
import java.util.Objects;

/** The first samples of another dataset. */
record Taken(Dataset whole, int size) implements Dataset {
  @Override
  public Shape inputShape() {
    return whole.inputShape();
  }

  @Override
  public void read(int index, float[] destination, int offset) {
    whole.read(Objects.checkIndex(index, size), destination, offset);
  }

  @Override
  public int target(int index) {
    return whole.target(Objects.checkIndex(index, size));
  }
}
