package dev.kiln.gpu;

import dev.kiln.DType;
import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.gpu.cuda.CudaProvider;
import dev.kiln.gpu.cuda.MockCuda;
import dev.kiln.gpu.opencl.OpenClProvider;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/** A backend under test with arrays in and out: what its kernels see without tensors and tape. */
record TestBackend(String name, Backend backend) {
  private static final Map<String, TestBackend> OPEN = new ConcurrentHashMap<>();

  /**
   * OpenCL with the kernels for CPUs and with those for GPUs; ends the test where there is none.
   */
  static Stream<TestBackend> all() {
    String problem = new OpenClProvider().survey().problem();
    if (problem != null) {
      throw Requirement.missing("opencl", problem);
    }
    return Stream.of("cpu", "gpu").map(kernels -> OPEN.computeIfAbsent(kernels, TestBackend::open));
  }

  /** Those, and the mock CUDA driver with its threads in random order, as far as they are there. */
  static Stream<TestBackend> allWithCuda() {
    try {
      MockCuda.install();
    } catch (TestAbortedException missing) {
      return all();
    }
    MockCuda.order(MockCuda.Order.RANDOM);
    TestBackend cuda =
        OPEN.computeIfAbsent(
            "cuda", key -> new TestBackend("mock cuda", new CudaProvider().open("")));
    try {
      return Stream.concat(all(), Stream.of(cuda));
    } catch (TestAbortedException missing) {
      return Stream.of(cuda);
    }
  }

  private static TestBackend open(String kernels) {
    String problem = new OpenClProvider().survey().problem();
    if (problem != null) {
      throw Requirement.missing("opencl", problem);
    }
    String before = System.getProperty("kiln.gpu.kernels");
    System.setProperty("kiln.gpu.kernels", kernels);
    try {
      return new TestBackend("opencl, " + kernels + " kernels", new OpenClProvider().open(""));
    } finally {
      if (before == null) {
        System.clearProperty("kiln.gpu.kernels");
      } else {
        System.setProperty("kiln.gpu.kernels", before);
      }
    }
  }

  /** Uniform in [-1, 1). */
  static float[] random(int size, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    return values;
  }

  Buffer of(float... values) {
    return backend.adopt(values.clone());
  }

  Buffer ofInts(int... values) {
    return backend.adopt(values.clone());
  }

  /** NaN all over, so that what a kernel does not write is seen. */
  Buffer unwritten(int size) {
    Buffer buffer = backend.allocate(DType.FLOAT32, size);
    backend.fill(buffer, Float.NaN);
    return buffer;
  }

  /** -7 all over. */
  Buffer unwrittenInts(int size) {
    Buffer buffer = backend.allocate(DType.INT32, size);
    backend.fill(buffer, -7);
    return buffer;
  }

  float[] floats(Buffer buffer) {
    float[] values = new float[buffer.size()];
    backend.download(buffer, FloatBuffer.wrap(values));
    return values;
  }

  int[] ints(Buffer buffer) {
    int[] values = new int[buffer.size()];
    backend.download(buffer, IntBuffer.wrap(values));
    return values;
  }

  @Override
  public String toString() {
    return name;
  }
}
