package dev.kiln.gpu.cuda;

import static jcuda.driver.JCudaDriver.CU_MEMHOSTALLOC_DEVICEMAP;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;

/** Page-locked host memory, which the device reads and writes by itself. */
final class PinnedMemory extends Pointer {
  private final ByteBuffer buffer;

  private PinnedMemory(Pointer allocated, long bytes) {
    super(allocated);
    this.buffer = allocated.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
  }

  static PinnedMemory allocate(long bytes) {
    Pointer allocated = new Pointer();
    CudaCall.check(
        cuMemHostAlloc(allocated, bytes, CU_MEMHOSTALLOC_DEVICEMAP),
        "cuMemHostAlloc of " + bytes + " bytes");
    return new PinnedMemory(allocated, bytes);
  }

  /** Position 0, limit at the end. */
  ByteBuffer buffer() {
    return buffer;
  }

  long address() {
    return getNativePointer() + getByteOffset();
  }

  void free() {
    CudaCall.check(cuMemFreeHost(this), "cuMemFreeHost");
  }
}
