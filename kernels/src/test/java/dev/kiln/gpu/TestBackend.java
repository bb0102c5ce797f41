package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.DType;
import dev.kiln.backend.Backend;
import dev.kiln.backend.Binary;
import dev.kiln.backend.Broadcast;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Epilogue.Activation;
import dev.kiln.gpu.cuda.CudaProvider;
import dev.kiln.gpu.cuda.MockCuda;
import dev.kiln.gpu.opencl.OpenClProvider;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** A backend under test with arrays in and out: what its kernels see without tensors and tape. */
record TestBackend(String name, Backend backend) {
  private static final Map<String, TestBackend> OPEN = new ConcurrentHashMap<>();

  /**
   * OpenCL with the kernels for CPUs and with those for GPUs, and the mock CUDA driver with its
   * threads in random order.
   */
  static Stream<TestBackend> allWithCuda() {
    return those("opencl cpu", "opencl gpu", "cuda-mock gpu");
  }

  /** Those, and the mock with the kernels for CPUs: it alone sees a buffer's bounds passed. */
  static Stream<TestBackend> everywhere() {
    return those("opencl cpu", "opencl gpu", "cuda-mock gpu", "cuda-mock cpu");
  }

  /**
   * To be called after each class: a CUDA context has one user less, and with its last user goes
   * what a fault has left in it.
   */
  static void closeAll() {
    OPEN.values().forEach(open -> open.backend.close());
    OPEN.clear();
    MockCuda.reset();
  }

  /** An API that is not there is left out, as {@link Requirement} says; without any it ends. */
  private static Stream<TestBackend> those(String... apisAndKernels) {
    List<TestBackend> found = new ArrayList<>();
    TestAbortedException missing = null;
    for (String wanted : apisAndKernels) {
      String[] words = wanted.split(" ");
      try {
        found.add(OPEN.computeIfAbsent(wanted, key -> open(words[0], words[1])));
        if (words[0].equals("cuda-mock")) {
          MockCuda.order(MockCuda.Order.RANDOM); // whatever an earlier test has set
        }
      } catch (TestAbortedException e) {
        missing = e;
      }
    }
    if (found.isEmpty() && missing != null) {
      throw missing;
    }
    return found.stream();
  }

  private static TestBackend open(String api, String kernels) {
    // On the mock every buffer has its own bounds and its own NaNs.
    Map<String, String> settings =
        api.equals("opencl")
            ? Map.of("kiln.gpu.kernels", kernels)
            : Map.of("kiln.gpu.kernels", kernels, "kiln.memory.cache", "off");
    Map<String, String> before = new HashMap<>();
    settings.forEach((key, value) -> before.put(key, System.setProperty(key, value)));
    try {
      String name = api + " with the kernels for " + kernels + "s";
      return new TestBackend(name, api.equals("opencl") ? openCl() : mockCuda());
    } finally {
      before.forEach(
          (key, value) -> {
            if (value == null) {
              System.clearProperty(key);
            } else {
              System.setProperty(key, value);
            }
          });
    }
  }

  private static Backend openCl() {
    String problem = new OpenClProvider().survey().problem();
    if (problem != null) {
      throw Requirement.missing("opencl", problem);
    }
    return new OpenClProvider().open("");
  }

  private static Backend mockCuda() {
    MockCuda.install();
    return new CudaProvider().open("");
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

  boolean cpuKernels() {
    return ((GpuBackend) backend).cpuKernels();
  }

  /** Does some work whose rows are shared by as many work-items as the plan says. */
  void by(RowPlan plan, Runnable work) {
    KernelLibrary kernels = ((GpuBackend) backend).kernels();
    Tuning before = kernels.tuning();
    kernels.tune((family, spec) -> family == Family.ROWS ? plan.variant() : null);
    try {
      work.run();
    } finally {
      kernels.tune(before);
    }
  }

  /** AssertJ's isCloseTo, at the price of a comparison: for arrays of hundred thousands. */
  static void assertClose(String what, int index, double actual, double expected, double allowed) {
    if (!(Math.abs(actual - expected) <= allowed)) {
      assertThat(actual).as("%s %d", what, index).isCloseTo(expected, within(allowed));
    }
  }

  @Override
  public String toString() {
    return name;
  }

  /** A residual added to y and a function applied, each by a kernel of its own. */
  void inPasses(Buffer y, @Nullable Buffer residual, Activation activation) {
    if (residual != null) {
      Broadcast plain = new Broadcast(new int[] {y.size()}, new int[] {1}, new int[] {1});
      backend.binary(Binary.ADD, plain, y, residual, y);
    }
    if (activation.function() != null) {
      backend.unary(activation.function(), y, y);
    }
  }
}
