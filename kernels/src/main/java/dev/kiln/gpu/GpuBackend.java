package dev.kiln.gpu;

import dev.kiln.DType;
import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.MemoryStatistics;
import dev.kiln.backend.Recorder;
import dev.kiln.backend.Tunable;
import dev.kiln.backend.TuningListener;
import dev.kiln.gpu.driver.Driver;
import dev.kiln.gpu.driver.ProgramCatalog;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The backend of every GPU, whatever its API: memory here, each op family in an interface of its
 * own that chooses kernel, tile and grid and calls {@link GpuFamily#launch}.
 */
public final class GpuBackend
    implements Backend,
        Tunable,
        GpuCopies,
        GpuElementwise,
        GpuGemm,
        GpuConvolution,
        GpuPooling,
        GpuResampling,
        GpuNormalization,
        GpuLayerNormalization,
        GpuReduction,
        GpuSoftmaxes,
        GpuLosses,
        GpuIndexing,
        GpuDropout,
        GpuRecurrent,
        GpuOptimization {
  private final Driver driver;
  private final MemoryPool pool;
  private final KernelLibrary kernels;
  private final boolean cpuKernels;
  private final @Nullable GpuRecorder recorder;
  private volatile boolean hangs;

  GpuBackend(Driver driver, MemoryPool pool, KernelLibrary kernels, boolean cpuKernels) {
    this(driver, pool, kernels, cpuKernels, null);
  }

  /**
   * @param recorder what this backend lists commands for; null for one that computes
   */
  GpuBackend(
      Driver driver,
      MemoryPool pool,
      KernelLibrary kernels,
      boolean cpuKernels,
      @Nullable GpuRecorder recorder) {
    this.driver = driver;
    this.pool = pool;
    this.kernels = kernels;
    this.cpuKernels = cpuKernels;
    this.recorder = recorder;
  }

  /**
   * A backend over {@code driver}, which is closed with it. {@code -Dkiln.gpu.kernels=gpu} or
   * {@code cpu} overrules what the device says of itself and so lets either kind of kernel run
   * anywhere; but the PTX of those for CPUs is left out of the jar, for it is the tests that run
   * them on CUDA. Where the plans leave a choice, {@link Tuning#of} makes it.
   *
   * @throws IllegalArgumentException if a property makes no sense
   */
  public static GpuBackend of(Driver driver) {
    String wanted = System.getProperty("kiln.gpu.kernels", driver.info().isCpu() ? "cpu" : "gpu");
    boolean cpuKernels = wanted.equals("cpu");
    if (!cpuKernels && !wanted.equals("gpu")) {
      throw new IllegalArgumentException(
          "-Dkiln.gpu.kernels is cpu or gpu, not \"" + wanted + "\"");
    }
    MemoryPool pool = MemoryPool.of(driver);
    KernelLibrary kernels = new KernelLibrary(driver, pool, ProgramCatalog.shipped());
    kernels.tune(Tuning.of(driver.info(), cpuKernels));
    return new GpuBackend(driver, pool, kernels, cpuKernels);
  }

  @Override
  public Driver driver() {
    return driver;
  }

  @Override
  public MemoryPool pool() {
    return pool;
  }

  @Override
  public KernelLibrary kernels() {
    return kernels;
  }

  @Override
  public boolean cpuKernels() {
    return cpuKernels;
  }

  @Override
  public Recorder recorder() {
    return new GpuRecorder(driver, pool, kernels, cpuKernels);
  }

  @Override
  public <S> GivenNumbers given(S spec, Function<S, int[]> words) {
    return recorder == null ? GivenNumbers.NONE : recorder.place(spec, words);
  }

  @Override
  public List<String> families() {
    return Family.groups();
  }

  @Override
  public Path tune(@Nullable String only, double largest, TuningListener listener)
      throws IOException {
    TuningFile file = TuningFile.of(driver.info(), DeviceClass.of(driver.info(), cpuKernels));
    if (file == null) {
      throw new IOException("-Dkiln.cache=off leaves no place for what tuning finds");
    }
    Predicate<Family> wanted = Family.named(only);
    List<Trial> trials =
        Trials.of(driver.info(), cpuKernels).stream()
            .filter(trial -> wanted.test(trial.family()) && trial.operations() <= largest)
            .toList();
    try (TuningRun run = new TuningRun(this, listener, TuningRun.Limits.USUAL)) {
      run.tune(trials, file);
    } finally {
      kernels.tune(Tuning.of(driver.info(), cpuKernels));
    }
    return file.path();
  }

  /** Whoever closes this would wait for ever: from now on nothing is given back. */
  void hangs() {
    hangs = true;
  }

  @Override
  public Buffer allocate(DType dtype, int size) {
    return new GpuBuffer(dtype, size, pool.allocate((long) size * DType.BYTES));
  }

  @Override
  public Buffer adopt(float[] array) {
    Buffer buffer = allocate(DType.FLOAT32, array.length);
    upload(FloatBuffer.wrap(array), buffer);
    return buffer;
  }

  @Override
  public Buffer adopt(int[] array) {
    Buffer buffer = allocate(DType.INT32, array.length);
    upload(IntBuffer.wrap(array), buffer);
    return buffer;
  }

  @Override
  public Buffer view(Buffer buffer, int offset, int size) {
    return ((GpuBuffer) buffer).view(driver, offset, size);
  }

  @Override
  public void release(Buffer buffer) {
    GpuBuffer allocation = (GpuBuffer) buffer;
    allocation.release(driver);
    pool.release(allocation.memory());
  }

  @Override
  public int alignment() {
    return driver.info().alignmentBytes() / DType.BYTES;
  }

  @Override
  public void upload(FloatBuffer source, Buffer destination) {
    driver.upload(source, GpuFamily.memory(destination));
  }

  @Override
  public void upload(IntBuffer source, Buffer destination) {
    driver.upload(source, GpuFamily.memory(destination));
  }

  @Override
  public void download(Buffer source, FloatBuffer destination) {
    driver.download(GpuFamily.memory(source), window(source, destination));
    destination.position(destination.position() + source.size());
  }

  @Override
  public void download(Buffer source, IntBuffer destination) {
    driver.download(GpuFamily.memory(source), window(source, destination));
    destination.position(destination.position() + source.size());
  }

  /** The next {@code source.size()} elements of the destination. */
  private static java.nio.Buffer window(Buffer source, java.nio.Buffer destination) {
    int from = destination.position();
    return destination.duplicate().limit(from + source.size());
  }

  @Override
  public void fill(Buffer buffer, float value) {
    int pattern = buffer.dtype() == DType.INT32 ? (int) value : Float.floatToRawIntBits(value);
    driver.fill(GpuFamily.memory(buffer), pattern, (long) buffer.size() * DType.BYTES);
  }

  @Override
  public void synchronize() {
    driver.synchronize();
  }

  @Override
  public MemoryStatistics memory() {
    return pool.statistics();
  }

  @Override
  public void close() {
    if (!hangs) {
      driver.close();
    }
  }
}
