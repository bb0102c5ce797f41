package dev.kiln.data;

import dev.kiln.Generator;
import dev.kiln.Shape;

/**
 * Changes an input a little on its way into a batch, so that no epoch shows it as the one before
 * did; see {@link DataLoader#augmented}. It is called from the loader's thread.
 */
@FunctionalInterface
public interface Augmentation {
  /**
   * Changes one input in place.
   *
   * @param values holds it from {@code offset} on, row-major, among others
   * @param shape of the input
   * @param numbers where chance comes from, for up to 16 draws
   */
  void apply(float[] values, int offset, Shape shape, Generator numbers);
}
