package dev.kiln.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;

import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;

/** A place in a stream, for one thread to wait for while others queue more. */
final class Mark implements AutoCloseable {
  private final CUevent event = new CUevent();

  Mark() {
    CudaCall.check(cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate");
  }

  /** Behind what is queued so far. Not during a capture, which would take it for a part of it. */
  void set(CUstream stream) {
    CudaCall.check(cuEventRecord(event, stream), "cuEventRecord");
  }

  /** Waits for what is before it; not at all where it has never been set. */
  void await() {
    CudaCall.check(cuEventSynchronize(event), "cuEventSynchronize");
  }

  @Override
  public void close() {
    CudaCall.check(cuEventDestroy(event), "cuEventDestroy");
  }
}
