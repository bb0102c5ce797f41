package dev.kiln.gpu.opencl;

import static dev.kiln.gpu.opencl.Calls.check;

import dev.kiln.gpu.driver.DriverException;
import dev.kiln.gpu.driver.DriverInfo;
import dev.kiln.gpu.driver.KernelProgram;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_program;
import org.jspecify.annotations.Nullable;

/**
 * Builds programs, each once: from the binary that an earlier run left in the {@link BinaryCache},
 * else from the kernel text.
 */
final class OpenClPrograms {
  private final cl_context context;
  private final OpenClDevice device;
  private final BinaryCache cache;
  private final String options;
  private final Map<String, cl_program> programs = new HashMap<>();
  private final Map<String, OpenClKernel> kernels = new HashMap<>();

  OpenClPrograms(cl_context context, OpenClDevice device, BinaryCache cache) {
    this.context = context;
    this.device = device;
    this.cache = cache;
    this.options =
        "-cl-std=CL1.2"
            + (device.correctlyRounded() ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");
  }

  synchronized OpenClKernel kernel(KernelProgram program, String name) {
    String key = program.name() + '/' + name;
    OpenClKernel known = kernels.get(key);
    if (known != null) {
      return known;
    }
    cl_program built = programs.get(program.name());
    if (built == null) {
      built = build(program);
      programs.put(program.name(), built);
    }
    OpenClKernel kernel = create(built, program, name);
    kernels.put(key, kernel);
    return kernel;
  }

  private static OpenClKernel create(cl_program built, KernelProgram program, String name) {
    int[] code = new int[1];
    cl_kernel handle = CL.clCreateKernel(built, name, code);
    if (code[0] == CL.CL_INVALID_KERNEL_NAME) {
      throw new DriverException("program " + program.name() + " has no kernel " + name);
    }
    check("clCreateKernel " + name, code[0]);
    int[] parameters = new int[1];
    check(
        "clGetKernelInfo",
        CL.clGetKernelInfo(
            handle, CL.CL_KERNEL_NUM_ARGS, Sizeof.cl_uint, Pointer.to(parameters), null));
    return new OpenClKernel(built, handle, name, parameters[0]);
  }

  private cl_program build(KernelProgram program) {
    String source = program.openClSource();
    DriverInfo info = device.info();
    String[] key = {info.vendor(), info.name(), info.version(), options, source};
    byte[] binary = cache.read(key);
    cl_program built = binary == null ? null : fromBinary(binary);
    if (built == null) {
      built = fromSource(program, source);
      byte[] fresh = binary(built);
      if (fresh.length > 0) {
        cache.write(fresh, key);
      }
    }
    return built;
  }

  /** Null where the driver does not take it: a binary is never more than a short cut. */
  private @Nullable cl_program fromBinary(byte[] binary) {
    int[] code = new int[1];
    long[] sizes = {binary.length};
    cl_program program =
        CL.clCreateProgramWithBinary(
            context, 1, devices(), sizes, new byte[][] {binary}, new int[1], code);
    if (code[0] != CL.CL_SUCCESS) {
      return null;
    }
    if (CL.clBuildProgram(program, 1, devices(), options, null, null) != CL.CL_SUCCESS) {
      CL.clReleaseProgram(program);
      return null;
    }
    return program;
  }

  private cl_program fromSource(KernelProgram program, String source) {
    int[] code = new int[1];
    cl_program built = CL.clCreateProgramWithSource(context, 1, new String[] {source}, null, code);
    check("clCreateProgramWithSource", code[0]);
    int result = CL.clBuildProgram(built, 1, devices(), options, null, null);
    if (result != CL.CL_SUCCESS) {
      String log = log(built);
      CL.clReleaseProgram(built);
      throw new DriverException(describe(program, source, log, result));
    }
    return built;
  }

  private String describe(KernelProgram program, String source, String log, int result) {
    String culprit = BuildLog.culprit(source, log);
    return "program "
        + program.name()
        + " does not compile on "
        + device.info().name()
        + ": clBuildProgram failed: "
        + Calls.name(result)
        + (culprit == null ? "" : "\nat " + culprit)
        + "\nbuild log of "
        + program.file()
        + " ("
        + options
        + program.defines()
        + "):\n"
        + log.strip();
  }

  private String log(cl_program program) {
    long[] size = new long[1];
    int kind = CL.CL_PROGRAM_BUILD_LOG;
    CL.clGetProgramBuildInfo(program, device.id(), kind, 0, null, size);
    byte[] log = new byte[(int) size[0]];
    CL.clGetProgramBuildInfo(program, device.id(), kind, log.length, Pointer.to(log), null);
    return new String(log, 0, Math.max(0, log.length - 1), StandardCharsets.UTF_8);
  }

  private static byte[] binary(cl_program program) {
    long[] size = new long[1];
    check(
        "clGetProgramInfo",
        CL.clGetProgramInfo(
            program, CL.CL_PROGRAM_BINARY_SIZES, Sizeof.size_t, Pointer.to(size), null));
    byte[] binary = new byte[(int) size[0]];
    check(
        "clGetProgramInfo",
        CL.clGetProgramInfo(
            program, CL.CL_PROGRAM_BINARIES, Sizeof.POINTER, Pointer.to(Pointer.to(binary)), null));
    return binary;
  }

  private cl_device_id[] devices() {
    return new cl_device_id[] {device.id()};
  }

  synchronized void close() {
    kernels.values().forEach(kernel -> CL.clReleaseKernel(kernel.handle));
    programs.values().forEach(CL::clReleaseProgram);
    kernels.clear();
    programs.clear();
  }
}
