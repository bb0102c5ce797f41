package dev.kiln.gpu;

import dev.kiln.DType;
import dev.kiln.backend.Buffer;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.Driver;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Elements in device memory: an allocation of the pool, or a window on one. */
final class GpuBuffer implements Buffer {
  private final DType dtype;
  private final int size;
  private final DeviceMemory memory;
  private final GpuBuffer root;
  private final int offset;

  /**
   * Of a root: the driver's views by offset and size, so that a slice taken again costs nothing.
   */
  private @Nullable Map<Long, DeviceMemory> views;

  private boolean released;

  /** An allocation. */
  GpuBuffer(DType dtype, int size, DeviceMemory memory) {
    this.dtype = dtype;
    this.size = size;
    this.memory = memory;
    this.root = this;
    this.offset = 0;
  }

  private GpuBuffer(GpuBuffer root, int offset, int size, DeviceMemory memory) {
    this.dtype = root.dtype;
    this.size = size;
    this.memory = memory;
    this.root = root;
    this.offset = offset;
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public GpuBuffer whole() {
    return root;
  }

  DeviceMemory memory() {
    return memory;
  }

  /** A window on this buffer; the driver's view of it ends with the allocation. */
  GpuBuffer view(Driver driver, int from, int count) {
    int start = offset + from;
    return new GpuBuffer(root, start, count, root.viewMemory(driver, start, count));
  }

  private synchronized DeviceMemory viewMemory(Driver driver, int start, int count) {
    if (released) {
      throw new IllegalStateException("view of a released buffer of " + size + " elements");
    }
    if (start == 0 && count == size) {
      return memory;
    }
    if (views == null) {
      views = new HashMap<>();
    }
    return views.computeIfAbsent(
        (long) start << 32 | count,
        key -> driver.view(memory, (long) start * DType.BYTES, (long) count * DType.BYTES));
  }

  /** Ends the allocation and the views of it; the memory itself is the pool's to take back. */
  synchronized void release(Driver driver) {
    if (root != this) {
      throw new IllegalArgumentException("a view is not released: it ends with its buffer");
    }
    if (released) {
      throw new IllegalStateException("a buffer of " + size + " elements is released twice");
    }
    released = true;
    if (views != null) {
      views.values().forEach(driver::free);
      views = null;
    }
  }
}
