package dev.kiln.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDeviceGetAttribute;
import static jcuda.driver.JCudaDriver.cuDeviceGetName;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuDeviceTotalMem;
import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD32Async;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadDataJIT;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import dev.kiln.gpu.driver.Command;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.DeviceMemoryException;
import dev.kiln.gpu.driver.Driver;
import dev.kiln.gpu.driver.DriverInfo;
import dev.kiln.gpu.driver.Grid;
import dev.kiln.gpu.driver.Kernel;
import dev.kiln.gpu.driver.KernelProgram;
import dev.kiln.gpu.driver.Prepared;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JITOptions;
import org.jspecify.annotations.Nullable;

/**
 * One CUDA device through the driver API: its primary context, one stream, programs as PTX that the
 * driver compiles for whatever GPU is there.
 *
 * <p>Whoever queues something has the monitor. A transfer and {@link #synchronize} let go of it
 * while they wait for the device, so that other threads can queue work meanwhile.
 */
final class CudaDriver implements Driver {
  /** As float4 loads want it; cuMemAlloc itself aligns to 256. */
  private static final int ALIGNMENT = 16;

  private static final int WORD = 4;
  private static final int NAME_LENGTH = 256;
  private static final int BUILD_LOG_LENGTH = 16 << 10;

  /**
   * Held by calls that wait for the device without this driver's monitor, which others need to
   * queue work: {@link #close} takes it whole, and so waits for them. Never asked for by who has
   * the monitor.
   */
  private final ReadWriteLock open = new ReentrantReadWriteLock();

  private final CUdevice device = new CUdevice();
  private final CUcontext context = new CUcontext();
  private final CUstream stream = new CUstream();
  private final DriverInfo info;
  private final Transfers transfers;
  private final LaunchArguments launchArguments;
  private final Map<KernelProgram, CUmodule> modules = new HashMap<>();
  private final Set<CudaMemory> live = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<CudaPrepared> prepared = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean closed;

  /**
   * @param ordinal of a device; {@link CudaLibrary} has no problem and lists it
   */
  CudaDriver(int ordinal) {
    CudaCall.check(cuDeviceGet(device, ordinal), "cuDeviceGet " + ordinal);
    info = describe(device);
    CudaCall.check(cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain");
    try (Acquired acquired = new Acquired()) {
      acquired.add(this::releaseContext);
      makeCurrent();
      CudaCall.check(
          cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
      acquired.add(this::destroyStream);
      transfers = new Transfers(stream, this);
      acquired.add(transfers::close);
      launchArguments = new LaunchArguments();
      acquired.keep();
    }
  }

  private void releaseContext() {
    CudaCall.check(cuDevicePrimaryCtxRelease(device), "cuDevicePrimaryCtxRelease");
  }

  private void destroyStream() {
    CudaCall.check(cuStreamDestroy(stream), "cuStreamDestroy");
  }

  /** What a device says of itself, without opening it. */
  static DriverInfo describe(CUdevice device) {
    byte[] name = new byte[NAME_LENGTH];
    CudaCall.check(cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
    long[] memory = new long[1];
    CudaCall.check(cuDeviceTotalMem(memory, device), "cuDeviceTotalMem");
    return new DriverInfo(
        "CUDA",
        new String(name, StandardCharsets.UTF_8).trim(),
        "NVIDIA",
        "CUDA " + CudaLibrary.versionText(CudaLibrary.version()),
        false,
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        memory[0],
        memory[0],
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK),
        ALIGNMENT,
        10 * attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
            + attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
        1);
  }

  private static int attribute(CUdevice device, int attribute) {
    int[] value = new int[1];
    CudaCall.check(
        cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute " + attribute);
    return value[0];
  }

  @Override
  public DriverInfo info() {
    return info;
  }

  @Override
  public synchronized DeviceMemory allocate(long bytes) {
    makeCurrent();
    CudaMemory.Pointer pointer = new CudaMemory.Pointer();
    if (bytes > 0) {
      int result = cuMemAlloc(pointer, bytes);
      if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
        throw new DeviceMemoryException(
            "cuMemAlloc of " + bytes + " bytes: CUDA_ERROR_OUT_OF_MEMORY, " + free());
      }
      CudaCall.check(result, "cuMemAlloc of " + bytes + " bytes");
    }
    CudaMemory memory = CudaMemory.allocation(pointer, bytes);
    if (bytes > 0) {
      live.add(memory);
    }
    return memory;
  }

  private static String free() {
    long[] free = new long[1];
    long[] total = new long[1];
    CudaCall.check(cuMemGetInfo(free, total), "cuMemGetInfo");
    return free[0] + " of the device's " + total[0] + " bytes are free";
  }

  @Override
  public DeviceMemory view(DeviceMemory memory, long offset, long bytes) {
    if (offset < 0 || bytes < 0 || offset + bytes > memory.bytes() || offset % ALIGNMENT != 0) {
      throw new IllegalArgumentException(
          "view of "
              + bytes
              + " bytes at "
              + offset
              + " of "
              + memory.bytes()
              + " bytes; offsets"
              + " are multiples of "
              + ALIGNMENT);
    }
    return ((CudaMemory) memory).view(offset, bytes);
  }

  @Override
  public synchronized void free(DeviceMemory memory) {
    CudaMemory freed = (CudaMemory) memory;
    CudaMemory.Pointer pointer = freed.pointer();
    freed.markFreed();
    if (live.remove(freed)) {
      drain(); // cuMemFree may wait for queued work, or may not
      CudaCall.check(cuMemFree(pointer), "cuMemFree");
    }
  }

  @Override
  public void upload(Buffer source, DeviceMemory destination) {
    CudaMemory to = holding(destination, wordsIn(source) * WORD, "upload");
    whileOpen(() -> transfers.upload(source, to));
  }

  @Override
  public void download(DeviceMemory source, Buffer destination) {
    CudaMemory from = holding(source, wordsIn(destination) * WORD, "download");
    whileOpen(() -> transfers.download(from, destination));
  }

  private void whileOpen(Runnable call) {
    open.readLock().lock();
    try {
      makeCurrent();
      call.run();
    } finally {
      open.readLock().unlock();
    }
  }

  private static long wordsIn(Buffer buffer) {
    if (buffer instanceof FloatBuffer || buffer instanceof IntBuffer) {
      return buffer.remaining();
    }
    throw new IllegalArgumentException("neither a FloatBuffer nor an IntBuffer: " + buffer);
  }

  @Override
  public synchronized void copy(DeviceMemory source, DeviceMemory destination, long bytes) {
    CudaMemory from = holding(source, bytes, "copy");
    CudaMemory to = holding(destination, bytes, "copy");
    if (bytes > 0) {
      makeCurrent();
      CudaCall.check(
          cuMemcpyDtoDAsync(to.pointer(), from.pointer(), bytes, stream), "cuMemcpyDtoDAsync");
    }
  }

  @Override
  public synchronized void fill(DeviceMemory memory, int pattern, long bytes) {
    CudaMemory filled = holding(memory, bytes, "fill");
    if (bytes > 0) {
      makeCurrent();
      CudaCall.check(
          cuMemsetD32Async(filled.pointer(), pattern, bytes / WORD, stream), "cuMemsetD32Async");
    }
  }

  /** The memory, living and at least this large. */
  private static CudaMemory holding(DeviceMemory memory, long bytes, String what) {
    if (bytes < 0 || bytes > memory.bytes() || bytes % WORD != 0) {
      throw new IllegalArgumentException(
          what + " of " + bytes + " bytes, and device memory of " + memory.bytes() + " bytes");
    }
    CudaMemory checked = (CudaMemory) memory;
    checked.pointer();
    return checked;
  }

  @Override
  public synchronized Kernel kernel(KernelProgram program, String name) {
    makeCurrent();
    CUmodule module = modules.computeIfAbsent(program, CudaDriver::load);
    CUfunction function = new CUfunction();
    CudaCall.check(
        cuModuleGetFunction(function, module, name),
        "cuModuleGetFunction " + name + " of program " + program.name());
    return new CudaKernel(name, function, CudaKernel.parameters(program.ptx(), name));
  }

  private static CUmodule load(KernelProgram program) {
    JITOptions options = new JITOptions();
    options.putInt(CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, BUILD_LOG_LENGTH);
    options.putBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, new byte[BUILD_LOG_LENGTH]);
    byte[] text = (program.ptx() + '\0').getBytes(StandardCharsets.UTF_8);
    CUmodule module = new CUmodule();
    int result = cuModuleLoadDataJIT(module, Pointer.to(text), options);
    if (result != CUresult.CUDA_SUCCESS) {
      throw CudaCall.failure(
          result,
          CudaCall.message("cuModuleLoadDataEx of program " + program.name(), result)
              + "\n"
              + options.getString(CUjit_option.CU_JIT_ERROR_LOG_BUFFER).trim());
    }
    return module;
  }

  @Override
  public synchronized void launch(Kernel kernel, Grid grid, @Nullable Object... arguments) {
    CudaKernel launched = (CudaKernel) kernel;
    launched.check(arguments);
    if (grid.isEmpty()) {
      return;
    }
    makeCurrent();
    CudaCall.check(
        cuLaunchKernel(
            launched.function(),
            grid.groupsX(),
            grid.groupsY(),
            grid.groupsZ(),
            grid.local(),
            1,
            1,
            0,
            stream,
            launchArguments.of(arguments),
            null),
        "cuLaunchKernel of " + launched.name());
  }

  @Override
  public synchronized Prepared prepare(List<Command> commands, @Nullable DeviceMemory numbers) {
    makeCurrent();
    NumberRing ring = numbers == null ? null : new NumberRing(this, numbers);
    try {
      CudaPrepared made = new CudaPrepared(capture(commands, ring), ring);
      prepared.add(made);
      return made;
    } catch (RuntimeException e) {
      if (ring != null) {
        ring.close();
      }
      throw e;
    }
  }

  private CUgraphExec capture(List<Command> commands, @Nullable NumberRing ring) {
    CUgraph graph = new CUgraph();
    CudaCall.check(
        cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED),
        "cuStreamBeginCapture");
    try {
      if (ring != null) {
        ring.queueNext();
      }
      commands.forEach(this::queue);
    } catch (RuntimeException e) {
      cuStreamEndCapture(stream, graph);
      cuGraphDestroy(graph);
      throw e;
    }
    CudaCall.check(cuStreamEndCapture(stream, graph), "cuStreamEndCapture");
    CUgraphExec steps = new CUgraphExec();
    int instantiated = cuGraphInstantiate(steps, graph, 0);
    CudaCall.check(cuGraphDestroy(graph), "cuGraphDestroy");
    CudaCall.check(instantiated, "cuGraphInstantiate");
    return steps;
  }

  /** A graph that can be launched, and where its numbers come from. */
  private final class CudaPrepared implements Prepared {
    private final CUgraphExec steps;
    private final @Nullable NumberRing ring;

    private CudaPrepared(CUgraphExec steps, @Nullable NumberRing ring) {
      this.steps = steps;
      this.ring = ring;
    }

    @Override
    public void run(int[] given) {
      replay(this, given);
    }

    @Override
    public void close() {
      end(this);
    }
  }

  private void queue(Command command) {
    if (command instanceof Command.Launch launch) {
      launch(launch.kernel(), launch.grid(), launch.arguments());
    } else if (command instanceof Command.Copy copy) {
      copy(copy.source(), copy.destination(), copy.bytes());
    } else if (command instanceof Command.Fill fill) {
      fill(fill.memory(), fill.pattern(), fill.bytes());
    }
  }

  private synchronized void replay(CudaPrepared run, int[] given) {
    makeCurrent();
    if (run.ring != null) {
      run.ring.write(given);
    }
    CudaCall.check(cuGraphLaunch(run.steps, stream), "cuGraphLaunch");
    if (run.ring != null) {
      run.ring.queued();
    }
  }

  private synchronized void end(CudaPrepared ended) {
    drain();
    prepared.remove(ended);
    CudaCall.check(cuGraphExecDestroy(ended.steps), "cuGraphExecDestroy");
    if (ended.ring != null) {
      ended.ring.close();
    }
  }

  /** Waits at a mark: others may queue more meanwhile, and may capture the stream. */
  @Override
  public void synchronize() {
    whileOpen(
        () -> {
          try (Mark end = new Mark()) {
            synchronized (this) {
              end.set(stream);
            }
            end.await();
          }
        });
  }

  /** Waits until the queue is empty, and nobody queues anything before the caller is done. */
  synchronized void drain() {
    makeCurrent();
    CudaCall.check(cuStreamSynchronize(stream), "cuStreamSynchronize");
  }

  /** A context is current on a thread, not in a process, and others may have changed it. */
  private void makeCurrent() {
    if (closed) {
      throw new IllegalStateException("the driver of " + info.name() + " is closed");
    }
    CudaCall.check(cuCtxSetCurrent(context), "cuCtxSetCurrent");
  }

  @Override
  public void close() {
    open.writeLock().lock();
    try {
      giveAllBack();
    } finally {
      open.writeLock().unlock();
    }
  }

  private synchronized void giveAllBack() {
    if (closed) {
      return;
    }
    try {
      drain();
      // others may retain the context too, and then what is left in it stays
      List.copyOf(prepared).forEach(CudaPrepared::close);
      for (CudaMemory memory : live) {
        CudaCall.check(cuMemFree(memory.pointer()), "cuMemFree");
      }
      for (CUmodule module : modules.values()) {
        CudaCall.check(cuModuleUnload(module), "cuModuleUnload");
      }
      transfers.close();
      launchArguments.close();
      destroyStream();
    } finally {
      closed = true;
      releaseContext();
    }
  }
}
