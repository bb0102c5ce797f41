package dev.kiln.gpu;

/**
 * Device memory for the length of a call. It may be closed right after the launch that uses it,
 * since the queue is in order.
 */
record Workspace(MemoryPool pool, DeviceMemory memory) implements AutoCloseable {
  static Workspace ofFloats(MemoryPool pool, long count) {
    return new Workspace(pool, pool.allocate(count * Float.BYTES));
  }

  @Override
  public void close() {
    pool.release(memory);
  }
}
