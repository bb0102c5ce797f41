package dev.kiln.bench.clblast;

import dev.kiln.Device;
import dev.kiln.backend.DeviceInfo;
import dev.kiln.bench.engine.Engine;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.GemmWork;
import dev.kiln.bench.work.Work;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.blast.CLBlast;
import org.jocl.blast.CLBlastLayout;
import org.jocl.blast.CLBlastTranspose;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_mem;
import org.jocl.cl_platform_id;

/** Products by CLBlast, with the tunings that it comes with. */
final class ClBlastEngine implements Engine {
  private final String device;
  private final cl_context context;
  private final cl_command_queue queue;

  private ClBlastEngine(cl_platform_id platform, cl_device_id id, String device) {
    this.device = device;
    cl_context_properties properties = new cl_context_properties();
    properties.addProperty(CL.CL_CONTEXT_PLATFORM, platform);
    context = CL.clCreateContext(properties, 1, new cl_device_id[] {id}, null, null, null);
    queue = CL.clCreateCommandQueueWithProperties(context, id, null, null);
  }

  static ClBlastEngine open() {
    DeviceInfo wanted =
        Device.list().stream()
            .filter(info -> info.id().startsWith("opencl"))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("clblast: " + Device.problems()));
    CL.setExceptionsEnabled(true);
    CLBlast.setExceptionsEnabled(true);
    int[] count = new int[1];
    CL.clGetPlatformIDs(0, null, count);
    cl_platform_id[] platforms = new cl_platform_id[count[0]];
    CL.clGetPlatformIDs(count[0], platforms, null);
    for (cl_platform_id platform : platforms) {
      CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, 0, null, count);
      cl_device_id[] devices = new cl_device_id[count[0]];
      CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, count[0], devices, null);
      for (cl_device_id id : devices) {
        if (name(id).equals(wanted.name())) {
          return new ClBlastEngine(platform, id, wanted.name());
        }
      }
    }
    throw new IllegalStateException("clblast: OpenCL has no " + wanted.name() + " any more");
  }

  private static String name(cl_device_id id) {
    long[] size = new long[1];
    CL.clGetDeviceInfo(id, CL.CL_DEVICE_NAME, 0, null, size);
    byte[] bytes = new byte[(int) size[0]];
    CL.clGetDeviceInfo(id, CL.CL_DEVICE_NAME, bytes.length, Pointer.to(bytes), null);
    return new String(bytes, 0, Math.max(0, bytes.length - 1), StandardCharsets.UTF_8).strip();
  }

  @Override
  public String description() {
    return "CLBlast of jocl-blast on " + device;
  }

  @Override
  public Optional<Task> prepare(Work work) {
    return work instanceof GemmWork gemm ? Optional.of(new Product(gemm)) : Optional.empty();
  }

  private final class Product implements Task {
    private final GemmWork work;
    private final cl_mem a;
    private final cl_mem b;
    private final cl_mem c;

    Product(GemmWork work) {
      this.work = work;
      a = buffer(work.a());
      b = buffer(work.b());
      c = buffer(new float[work.m() * work.n()]);
    }

    private cl_mem buffer(float[] values) {
      long flags = CL.CL_MEM_READ_WRITE | CL.CL_MEM_COPY_HOST_PTR;
      long bytes = (long) values.length * Sizeof.cl_float;
      return CL.clCreateBuffer(context, flags, bytes, Pointer.to(values), null);
    }

    @Override
    public void run() {
      CLBlast.CLBlastSgemm(
          CLBlastLayout.CLBlastLayoutRowMajor,
          CLBlastTranspose.CLBlastTransposeNo,
          CLBlastTranspose.CLBlastTransposeNo,
          work.m(),
          work.n(),
          work.k(),
          1,
          a,
          0,
          work.k(),
          b,
          0,
          work.n(),
          0,
          c,
          0,
          work.n(),
          queue,
          null);
      CL.clFinish(queue);
    }

    @Override
    public Map<String, float[]> results() {
      run();
      float[] product = new float[work.m() * work.n()];
      long bytes = (long) product.length * Sizeof.cl_float;
      CL.clEnqueueReadBuffer(queue, c, true, 0, bytes, Pointer.to(product), 0, null, null);
      return Map.of("product", product);
    }
  }

  @Override
  public void close() {
    CL.clReleaseCommandQueue(queue);
    CL.clReleaseContext(context);
  }
}
