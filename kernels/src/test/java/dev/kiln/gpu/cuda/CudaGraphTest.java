package dev.kiln.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.DeviceException;
import dev.kiln.gpu.driver.Command;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.DriverException;
import dev.kiln.gpu.driver.Grid;
import dev.kiln.gpu.driver.Kernel;
import dev.kiln.gpu.driver.Prepared;
import dev.kiln.gpu.driver.ProgramCatalog;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUgraph;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Prepared commands as graphs: what the driver holds for them, and what it may do meanwhile. */
class CudaGraphTest {
  private static final int WORD = 4;

  private final CudaDriver driver;

  CudaGraphTest() {
    MockCuda.install();
    driver = new CudaDriver(0);
  }

  @AfterEach
  void close() {
    driver.close();
    MockCuda.reset();
  }

  // ---- what is held

  @Test
  void aDriverThatDoesNotOpenLeavesNothingBehind() {
    long before = MockCuda.held();
    CudaDriver second = null;
    int made = 0;
    while (second == null) {
      MockCuda.refuse(++made);
      try {
        second = new CudaDriver(0);
      } catch (DriverException e) {
        assertThat(e).hasMessageContaining("CUDA_ERROR_OUT_OF_MEMORY").hasNoSuppressedExceptions();
        assertThat(MockCuda.held()).as("after %s", e.getMessage()).isEqualTo(before);
      }
    }
    MockCuda.refuse(0);
    assertThat(MockCuda.held() - before).isEqualTo(made - 1).isGreaterThan(3);
    second.close();
    assertThat(MockCuda.held()).isEqualTo(before);
  }

  /** Others may hold the same context: another device of Kiln's, or another library. */
  @Test
  void aClosedDriverLeavesNothingInAContextThatOthersHold() {
    long before = MockCuda.held();
    CudaDriver second = new CudaDriver(0);
    DeviceMemory numbers = second.allocate(Prepared.bytesFor(1));
    second.view(numbers, 0, WORD);
    second.free(second.allocate(WORD));
    second.prepare(List.of(new Command.Fill(numbers, 1, WORD)), numbers).run(new int[] {7});
    assertThat(MockCuda.held()).isGreaterThan(before);
    second.close();
    assertThat(MockCuda.held()).isEqualTo(before);
  }

  @Test
  void commandsThatCannotBePreparedLeaveNothingBehind() {
    DeviceMemory memory = driver.allocate(WORD);
    DeviceMemory numbers = driver.allocate(Prepared.bytesFor(1));
    DeviceMemory freed = driver.allocate(WORD);
    driver.free(freed);
    driver.prepare(List.of(new Command.Fill(memory, 1, WORD)), numbers).close(); // loads a kernel
    long before = MockCuda.held();
    List<Command> commands =
        List.of(new Command.Fill(memory, 1, WORD), new Command.Fill(freed, 2, WORD));
    assertThatThrownBy(() -> driver.prepare(commands, numbers))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("used after its free");
    assertThat(MockCuda.held()).isEqualTo(before);

    driver.fill(memory, Float.floatToRawIntBits(3), WORD);
    assertThat(floats(memory, 1)).containsExactly(3);
  }

  @Test
  void aPreparationThatFindsNoMemoryLeavesNothingBehind() {
    DeviceMemory numbers = driver.allocate(Prepared.bytesFor(1));
    List<Command> commands = List.of(new Command.Fill(numbers, 1, WORD));
    driver.prepare(commands, numbers).close(); // loads a kernel
    long before = MockCuda.held();
    for (int made = 1; made <= 3; made++) { // a turn, rows, steps
      MockCuda.refuse(made);
      assertThatThrownBy(() -> driver.prepare(commands, numbers))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("CUDA_ERROR_OUT_OF_MEMORY");
      assertThat(MockCuda.held()).isEqualTo(before);
    }
    MockCuda.refuse(4);
    driver.prepare(commands, numbers).close();
  }

  // ---- runs

  /** The device counts the runs that come to it: the host must not count those that do not. */
  @Test
  void aRunThatIsRefusedTakesNoNumbersFromTheNext() {
    DeviceMemory numbers = driver.allocate(Prepared.bytesFor(1));
    DeviceMemory seen = driver.allocate(WORD);
    try (Prepared prepared =
        driver.prepare(List.of(new Command.Copy(numbers, seen, WORD)), numbers)) {
      prepared.run(new int[] {1});
      MockCuda.refuseGraph(1);
      assertThatThrownBy(() -> prepared.run(new int[] {2}))
          .isInstanceOf(DriverException.class)
          .hasMessageContaining("cuGraphLaunch: CUDA_ERROR_OUT_OF_MEMORY");
      prepared.run(new int[] {3});
      assertThat(ints(seen, 1)).containsExactly(3);
      for (int i = 0; i < 150; i++) {
        prepared.run(new int[] {i});
        assertThat(ints(seen, 1)).containsExactly(i);
      }
    }
  }

  // ---- what a capture forbids

  @Test
  void aStreamThatIsBeingCapturedIsNotWaitedFor() {
    CUstream stream = stream();
    begin(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED);
    assertThat(JCudaDriver.cuStreamSynchronize(stream))
        .isEqualTo(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    assertThat(JCudaDriver.cuStreamEndCapture(stream, new CUgraph()))
        .isEqualTo(CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
    assertThat(JCudaDriver.cuStreamDestroy(stream)).isZero();
  }

  @Test
  void onlyARelaxedCaptureLetsMemoryBeAllocated() {
    CUstream stream = stream();
    for (int mode :
        new int[] {
          CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL,
          CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED
        }) {
      boolean relaxed = mode == CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED;
      begin(stream, mode);
      CudaMemory.Pointer pointer = new CudaMemory.Pointer();
      assertThat(JCudaDriver.cuMemAlloc(pointer, WORD))
          .isEqualTo(relaxed ? 0 : CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
      CUgraph graph = new CUgraph();
      assertThat(JCudaDriver.cuStreamEndCapture(stream, graph))
          .isEqualTo(relaxed ? 0 : CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
      if (relaxed) {
        assertThat(JCudaDriver.cuGraphDestroy(graph)).isZero();
        assertThat(JCudaDriver.cuMemFree(pointer)).isZero();
      }
    }
    assertThat(JCudaDriver.cuStreamDestroy(stream)).isZero();
  }

  // ---- what the driver of a device forbids always

  @Test
  void copiesThatAreNotWaitedForTakePinnedMemory() {
    CudaMemory memory = (CudaMemory) driver.allocate(WORD);
    CUstream stream = stream();
    assertThat(
            JCudaDriver.cuMemcpyHtoDAsync(
                memory.pointer(), Pointer.to(new float[] {1}), WORD, stream))
        .isEqualTo(CUresult.CUDA_ERROR_INVALID_VALUE);
    assertThat(JCudaDriver.cuStreamDestroy(stream)).isZero();
  }

  @Test
  void pinnedMemoryIsNotFreedWhileTheDeviceMayReadIt() {
    MockCuda.deferred(true);
    CudaMemory memory = (CudaMemory) driver.allocate(WORD);
    PinnedMemory pinned = PinnedMemory.allocate(WORD);
    driver.fill(memory, 1, WORD);
    assertThatThrownBy(pinned::free).hasMessageContaining("while work is queued");
    driver.synchronize();
    pinned.free();
  }

  /** What is documented of cuMemFree is that it may wait. */
  @Test
  void memoryIsNotFreedBeforeTheWorkOnItIsDone() {
    MockCuda.deferred(true);
    DeviceMemory memory = driver.allocate(WORD);
    driver.fill(memory, 1, WORD);
    driver.free(memory);
    driver.synchronize();
  }

  @Test
  void aKernelOfAnUnloadedModuleIsNotLaunched() {
    CudaDriver second = new CudaDriver(0);
    Kernel kernel = second.kernel(ProgramCatalog.shipped().program("fill_copy"), "fill");
    second.close();
    DeviceMemory memory = driver.allocate(WORD);
    assertThatThrownBy(() -> driver.launch(kernel, Grid.of(1, 256), memory, 1f, 1))
        .hasMessageContaining("CUDA_ERROR_INVALID_HANDLE");
  }

  // ---- what the tests are made of

  /** Of the context that the driver has made current on this thread. */
  private static CUstream stream() {
    CUstream stream = new CUstream();
    assertThat(JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING)).isZero();
    return stream;
  }

  private static void begin(CUstream stream, int mode) {
    assertThat(JCudaDriver.cuStreamBeginCapture(stream, mode)).isZero();
  }

  private float[] floats(DeviceMemory memory, int count) {
    float[] result = new float[count];
    driver.download(memory, FloatBuffer.wrap(result));
    return result;
  }

  private int[] ints(DeviceMemory memory, int count) {
    int[] result = new int[count];
    driver.download(memory, IntBuffer.wrap(result));
    return result;
  }
}
