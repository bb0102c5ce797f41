package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An array of rows, of which each has {@code n} elements here.
 *
 * @param offset of the first row's first element
 * @param width from a row to the next
 */
record Rowed(float[] data, int offset, int width, int n) {

  /** Dense rows. */
  static Rowed dense(Buffer buffer, int n) {
    return new Rowed(CpuBuffer.floats(buffer), CpuBuffer.offset(buffer), n, n);
  }

  /** Some columns of dense rows of {@code width}. */
  static @Nullable Rowed columns(@Nullable Buffer buffer, int skip, int width, int n) {
    return buffer == null
        ? null
        : new Rowed(CpuBuffer.floats(buffer), CpuBuffer.offset(buffer) + skip, width, n);
  }

  int at(int row) {
    return offset + row * width;
  }

  /** Copies a row out. */
  void read(Gates by, int row, float[] to, int toAt) {
    by.copy(data, at(row), to, toAt, n);
  }

  /** Copies a row in. */
  void write(Gates by, int row, float[] from, int fromAt) {
    by.copy(from, fromAt, data, at(row), n);
  }

  void clear(int row) {
    Arrays.fill(data, at(row), at(row) + n, 0);
  }
}
