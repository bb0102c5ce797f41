package dev.kiln.gpu.cuda;

import dev.kiln.gpu.driver.DeviceMemory;
import jcuda.driver.CUdeviceptr;
import org.jspecify.annotations.Nullable;

/** Where an allocation or a view of one lies. */
final class CudaMemory implements DeviceMemory {
  private final Pointer pointer;
  private final long bytes;
  private final @Nullable CudaMemory owner;
  private boolean freed;

  private CudaMemory(Pointer pointer, long bytes, @Nullable CudaMemory owner) {
    this.pointer = pointer;
    this.bytes = bytes;
    this.owner = owner;
  }

  static CudaMemory allocation(Pointer pointer, long bytes) {
    return new CudaMemory(pointer, bytes, null);
  }

  CudaMemory view(long offset, long size) {
    return new CudaMemory(new Pointer(pointer(), offset), size, owner == null ? this : owner);
  }

  @Override
  public long bytes() {
    return bytes;
  }

  /**
   * @throws IllegalStateException if this, or the allocation that it is a view of, was freed
   */
  Pointer pointer() {
    if (freed || (owner != null && owner.freed)) {
      throw new IllegalStateException(
          "device memory of " + bytes + " bytes is used after its free");
    }
    return pointer;
  }

  long address() {
    return pointer().value();
  }

  void markFreed() {
    freed = true;
  }

  /** A device pointer whose value can be read: JCuda keeps it protected. */
  static final class Pointer extends CUdeviceptr {
    Pointer() {}

    private Pointer(Pointer base, long offset) {
      super(base, offset);
    }

    private long value() {
      return getNativePointer() + getByteOffset();
    }
  }
}
