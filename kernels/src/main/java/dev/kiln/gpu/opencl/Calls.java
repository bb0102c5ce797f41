package dev.kiln.gpu.opencl;

import dev.kiln.gpu.driver.DeviceMemoryException;
import dev.kiln.gpu.driver.DriverException;
import org.jocl.CL;

/** What OpenCL's calls return, checked. */
final class Calls {
  private Calls() {}

  /**
   * @throws DriverException naming the call and the error, unless {@code code} is CL_SUCCESS
   */
  static void check(String call, int code) {
    if (code != CL.CL_SUCCESS) {
      throw failure(call, code);
    }
  }

  static DriverException failure(String call, int code) {
    String message = call + " failed: " + name(code);
    return isOutOfMemory(code) ? new DeviceMemoryException(message) : new DriverException(message);
  }

  static boolean isOutOfMemory(int code) {
    return code == CL.CL_MEM_OBJECT_ALLOCATION_FAILURE
        || code == CL.CL_OUT_OF_RESOURCES
        || code == CL.CL_OUT_OF_HOST_MEMORY;
  }

  static String name(int code) {
    return CL.stringFor_errorCode(code) + " (" + code + ")";
  }
}
