package dev.kiln.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuGetErrorName;
import static jcuda.driver.JCudaDriver.cuGetErrorString;

import dev.kiln.gpu.driver.DeviceMemoryException;
import dev.kiln.gpu.driver.DriverException;
import jcuda.driver.CUresult;

/** The results of driver calls, turned into exceptions. */
final class CudaCall {
  private CudaCall() {}

  static void check(int result, String call) {
    if (result != CUresult.CUDA_SUCCESS) {
      throw failure(result, message(call, result));
    }
  }

  /** What a result other than success is thrown as. */
  static DriverException failure(int result, String message) {
    return result == CUresult.CUDA_ERROR_OUT_OF_MEMORY
        ? new DeviceMemoryException(message)
        : new DriverException(message);
  }

  static String message(String call, int result) {
    String[] name = new String[1];
    String[] text = new String[1];
    cuGetErrorName(result, name);
    cuGetErrorString(result, text);
    return call + ": " + name[0] + " (" + text[0] + ")";
  }
}
