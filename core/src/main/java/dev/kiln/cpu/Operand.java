package dev.kiln.cpu;

/**
 * One side of a product, as lines along the dimension that is summed over: rows of the left matrix,
 * columns of the right one. It need not exist in memory: a gate's gradients, or a kernel turned
 * round, are written as they are packed.
 */
interface Operand {
  /**
   * Writes element {@code depth + p} of line {@code line + i} to {@code panel[offset + p * width +
   * i]}, for {@code p < k} and {@code i < count}. The columns from {@code count} to {@code width}
   * are the caller's, and may have been written to, as may the rest of a vector after the panel.
   */
  void pack(int line, int count, int depth, int k, float[] panel, int offset, int width);
}
