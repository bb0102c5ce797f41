package dev.kiln.gpu.opencl;

import static dev.kiln.gpu.opencl.Calls.check;

import dev.kiln.backend.DeviceInfo;
import dev.kiln.gpu.driver.DriverInfo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/**
 * A device of some platform.
 *
 * @param kind what it is
 * @param correctlyRounded whether it has a correctly rounded division and square root to ask for
 */
record OpenClDevice(
    cl_platform_id platform,
    cl_device_id id,
    DeviceInfo.Kind kind,
    boolean correctlyRounded,
    DriverInfo info) {
  /** CL_PLATFORM_NOT_FOUND_KHR, what the loader says where no driver is registered. */
  private static final int NO_PLATFORM = -1001;

  private static final int FLOAT4_BYTES = 16;

  /** All devices of all platforms that can compile kernels: GPUs first, CPUs last. */
  static List<OpenClDevice> all() {
    List<OpenClDevice> devices = new ArrayList<>();
    for (cl_platform_id platform : platforms()) {
      for (cl_device_id id : devices(platform)) {
        if (number(id, CL.CL_DEVICE_AVAILABLE) != 0
            && number(id, CL.CL_DEVICE_COMPILER_AVAILABLE) != 0) {
          devices.add(of(platform, id));
        }
      }
    }
    devices.sort(
        Comparator.comparing(
            device ->
                List.of(DeviceInfo.Kind.GPU, DeviceInfo.Kind.ACCELERATOR, DeviceInfo.Kind.CPU)
                    .indexOf(device.kind)));
    return devices;
  }

  static List<cl_platform_id> platforms() {
    int[] count = new int[1];
    int code = CL.clGetPlatformIDs(0, null, count);
    if (code == NO_PLATFORM) {
      return List.of();
    }
    check("clGetPlatformIDs", code);
    cl_platform_id[] platforms = new cl_platform_id[count[0]];
    if (count[0] > 0) {
      check("clGetPlatformIDs", CL.clGetPlatformIDs(count[0], platforms, null));
    }
    return List.of(platforms);
  }

  private static List<cl_device_id> devices(cl_platform_id platform) {
    int[] count = new int[1];
    int code = CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, 0, null, count);
    if (code == CL.CL_DEVICE_NOT_FOUND) {
      return List.of();
    }
    check("clGetDeviceIDs", code);
    cl_device_id[] devices = new cl_device_id[count[0]];
    check(
        "clGetDeviceIDs",
        CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, count[0], devices, null));
    return List.of(devices);
  }

  private static OpenClDevice of(cl_platform_id platform, cl_device_id id) {
    DeviceInfo.Kind kind = kind(number(id, CL.CL_DEVICE_TYPE));
    long rounding = CL.CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT;
    return new OpenClDevice(
        platform,
        id,
        kind,
        (number(id, CL.CL_DEVICE_SINGLE_FP_CONFIG) & rounding) != 0,
        new DriverInfo(
            "OpenCL",
            text(id, CL.CL_DEVICE_NAME),
            text(id, CL.CL_DEVICE_VENDOR),
            text(id, CL.CL_DEVICE_VERSION) + ", driver " + text(id, CL.CL_DRIVER_VERSION),
            kind == DeviceInfo.Kind.CPU,
            (int) number(id, CL.CL_DEVICE_MAX_COMPUTE_UNITS),
            number(id, CL.CL_DEVICE_GLOBAL_MEM_SIZE),
            number(id, CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE),
            number(id, CL.CL_DEVICE_LOCAL_MEM_SIZE),
            (int) number(id, CL.CL_DEVICE_MAX_WORK_GROUP_SIZE),
            (int) Math.max(FLOAT4_BYTES, number(id, CL.CL_DEVICE_MEM_BASE_ADDR_ALIGN) / Byte.SIZE),
            0,
            (int) number(id, CL.CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT)));
  }

  private static DeviceInfo.Kind kind(long type) {
    if ((type & CL.CL_DEVICE_TYPE_CPU) != 0) {
      return DeviceInfo.Kind.CPU;
    }
    return (type & CL.CL_DEVICE_TYPE_GPU) != 0 ? DeviceInfo.Kind.GPU : DeviceInfo.Kind.ACCELERATOR;
  }

  DeviceInfo describe(int index) {
    return new DeviceInfo("opencl:" + index, info.name(), kind, info.version(), info.memoryBytes());
  }

  /**
   * A property of 4 or 8 bytes; the small ones leave the upper half of the little-endian 8 at 0.
   */
  private static long number(cl_device_id device, int property) {
    long[] value = new long[1];
    check(
        "clGetDeviceInfo",
        CL.clGetDeviceInfo(device, property, Long.BYTES, Pointer.to(value), null));
    return value[0];
  }

  private static String text(cl_device_id device, int property) {
    long[] size = new long[1];
    check("clGetDeviceInfo", CL.clGetDeviceInfo(device, property, 0, null, size));
    byte[] bytes = new byte[(int) size[0]];
    check(
        "clGetDeviceInfo",
        CL.clGetDeviceInfo(device, property, bytes.length, Pointer.to(bytes), null));
    return new String(bytes, 0, Math.max(0, bytes.length - 1), StandardCharsets.UTF_8).strip();
  }
}
