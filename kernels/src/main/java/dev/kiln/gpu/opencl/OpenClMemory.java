package dev.kiln.gpu.opencl;

import dev.kiln.gpu.driver.DeviceMemory;
import org.jocl.Pointer;
import org.jocl.cl_mem;
import org.jspecify.annotations.Nullable;

/**
 * A cl_mem: a buffer, or a sub-buffer of one. Memory of no bytes has none, and is a null pointer.
 */
final class OpenClMemory implements DeviceMemory {
  private final @Nullable cl_mem handle;

  /** What clSetKernelArg is given. */
  final @Nullable Pointer argument;

  /** The buffer that a sub-buffer lies in, itself for a buffer: there is none of a sub-buffer. */
  final OpenClMemory root;

  final long offset;
  private final long bytes;
  private volatile boolean freed;

  OpenClMemory(@Nullable cl_mem handle, long bytes) {
    this.handle = handle;
    this.argument = handle == null ? null : Pointer.to(handle);
    this.bytes = bytes;
    this.root = this;
    this.offset = 0;
  }

  OpenClMemory(@Nullable cl_mem handle, OpenClMemory root, long offset, long bytes) {
    this.handle = handle;
    this.argument = handle == null ? null : Pointer.to(handle);
    this.bytes = bytes;
    this.root = root;
    this.offset = offset;
  }

  /** Of memory that has bytes. */
  cl_mem handle() {
    if (handle == null) {
      throw new IllegalArgumentException("memory of no bytes");
    }
    return handle;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  boolean isFreed() {
    return freed || root.freed;
  }

  void markFreed() {
    freed = true;
  }
}
