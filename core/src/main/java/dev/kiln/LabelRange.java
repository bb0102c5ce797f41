package dev.kiln;

import java.nio.IntBuffer;

/**
 * The smallest and largest of some integers. Known when labels come from the host, it lets an op
 * refuse a bad label without waiting for the device.
 */
record LabelRange(int least, int greatest) {
  static LabelRange of(IntBuffer values) {
    int least = Integer.MAX_VALUE;
    int greatest = Integer.MIN_VALUE;
    for (int i = values.position(); i < values.limit(); i++) {
      int value = values.get(i);
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    return new LabelRange(least, greatest);
  }
}
