package dev.kiln.gpu;

import dev.kiln.DType;
import dev.kiln.backend.Buffer;
import dev.kiln.gpu.driver.DeviceMemory;

/**
 * Device memory for the length of a call. It may be closed right after the launch that uses it,
 * since the queue is in order.
 */
record Workspace(MemoryPool pool, DeviceMemory memory) implements AutoCloseable {
  static Workspace ofFloats(MemoryPool pool, long count) {
    return new Workspace(pool, pool.allocate(count * Float.BYTES));
  }

  /** The same as an op's operand: so many floats. */
  Buffer buffer(int floats) {
    return new GpuBuffer(DType.FLOAT32, floats, memory);
  }

  @Override
  public void close() {
    pool.release(memory);
  }
}
