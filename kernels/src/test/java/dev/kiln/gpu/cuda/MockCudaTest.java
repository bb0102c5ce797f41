package dev.kiln.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.gpu.TestPrograms;
import dev.kiln.gpu.driver.Command;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.DeviceMemoryException;
import dev.kiln.gpu.driver.DriverException;
import dev.kiln.gpu.driver.Grid;
import dev.kiln.gpu.driver.Prepared;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Kernels with faults in them: the mock has to catch each, and the JVM has to live on. */
class MockCudaTest {
  private static final int GROUP = 64;

  private CudaDriver driver;

  MockCudaTest() {
    MockCuda.install();
    driver = new CudaDriver(0);
  }

  @BeforeEach
  void forward() {
    MockCuda.order(MockCuda.Order.FORWARD);
  }

  @AfterEach
  void close() {
    try {
      driver.close();
    } catch (DriverException e) {
      assertThat(e).as("what the test provoked").hasMessageContaining("CUDA_ERROR");
    }
    MockCuda.reset();
  }

  // ---- accesses

  @Test
  void aWriteOneElementPastTheEndIsPinnedDown() {
    DeviceMemory y = driver.allocate(10 * 4);
    assertThatThrownBy(() -> launch("write_past_end", y, 10))
        .hasMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS")
        .hasMessageContaining("kernel write_past_end")
        .hasMessageContaining("offset 40 of a buffer of 40 bytes (parameter 0)");
  }

  @Test
  void aWriteOntoTheNextPageNamesItsThread() {
    DeviceMemory y = driver.allocate(GROUP / 2 * 4);
    assertThatThrownBy(() -> launch("write_past_end", y, GROUP))
        .hasMessageContaining("kernel write_past_end, group (0, 0, 0), thread 32: a write at")
        .hasMessageContaining("offset 128 of a buffer of 128 bytes (parameter 0)");
  }

  @Test
  void aReadFarPastTheEndNamesItsThreadAndBuffer() {
    DeviceMemory x = driver.allocate(GROUP * 4);
    DeviceMemory y = driver.allocate(GROUP * 4);
    assertThatThrownBy(() -> launch("read_far_past_end", y, x))
        .hasMessageContaining("kernel read_far_past_end, group (0, 0, 0), thread 5: a read at")
        .hasMessageContaining("offset 16404 of a buffer of 256 bytes (parameter 1)");
  }

  @Test
  void anUnalignedFloat4IsRefused() {
    DeviceMemory x = driver.allocate(8 * 4);
    DeviceMemory y = driver.allocate(4 * 4);
    assertThatThrownBy(() -> launch("misaligned_load", x, y))
        .hasMessageContaining("thread 0: a float4 access that is not 16-byte aligned")
        .hasMessageContaining("offset 4 of a buffer of 32 bytes (parameter 0)");
  }

  @Test
  void aFreedBufferIsNotReadAgain() {
    CudaMemory y = (CudaMemory) driver.allocate(GROUP * 4);
    CudaMemory stale = CudaMemory.allocation(y.pointer(), y.bytes());
    driver.free(y);
    assertThatThrownBy(() -> launch("barrier_for_half", stale))
        .hasMessageContaining("parameter 0 is offset 0 of a freed buffer of 256 bytes");
  }

  @Test
  void aDivisionByZeroDoesNotEndTheProcess() {
    DeviceMemory y = driver.allocate(4);
    assertThatThrownBy(() -> launch("division_by_zero", y, 0))
        .hasMessageContaining("kernel division_by_zero, group (0, 0, 0), thread 0: a division");
  }

  @Test
  void javaStillGetsItsOwnFaults() {
    aReadFarPastTheEndNamesItsThreadAndBuffer();
    int[] numbers = {1, 0};
    assertThatThrownBy(() -> dereference(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> assertThat(numbers[0] / numbers[1]).isZero())
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> recurse(0)).isInstanceOf(StackOverflowError.class);
  }

  @SuppressWarnings("NullAway")
  private static void dereference(int @Nullable [] nothing) {
    nothing[0]++;
  }

  private static int recurse(int depth) {
    return depth < 0 ? 0 : 1 + recurse(depth + 1);
  }

  // ---- barriers and orders

  @ParameterizedTest
  @EnumSource(value = MockCuda.Order.class, mode = Mode.EXCLUDE, names = "FORWARD")
  void aMissingBarrierShowsInMostElements(MockCuda.Order order) {
    MockCuda.order(order);
    assertThat(wrongElements("missing_barrier", i -> GROUP - 1 - i)).isGreaterThan(GROUP / 4);
  }

  @ParameterizedTest
  @EnumSource(MockCuda.Order.class)
  void aMissingSecondBarrierShowsInSomeOrder(MockCuda.Order order) {
    MockCuda.order(order);
    int wrong = wrongElements("missing_second_barrier", i -> 3f * ((i + 1) % GROUP));
    if (order == MockCuda.Order.RANDOM) {
      assertThat(wrong).isPositive();
    }
  }

  @Test
  void aBarrierThatSomeThreadsPassByIsNamed() {
    DeviceMemory y = driver.allocate(GROUP * 4);
    assertThatThrownBy(() -> launch("barrier_for_half", y))
        .hasMessageContaining("32 threads wait at the BARRIER() in line 37, and 32 have ended");
  }

  @Test
  void twoDifferentBarriersAreNamed() {
    DeviceMemory y = driver.allocate(GROUP * 4);
    assertThatThrownBy(() -> launch("two_barriers", y))
        .hasMessageContaining("BARRIER() in line 44 and in line 47");
  }

  @Test
  void localMemoryStartsAsNaN() {
    DeviceMemory y = driver.allocate(GROUP * 4);
    launch("unwritten_local", y);
    float[] seen = floats(y, GROUP);
    assertThat(seen[0]).isNaN();
    assertThat(seen[1]).isEqualTo(1);
  }

  @Test
  void deviceMemoryStartsAsNaN() {
    assertThat(floats(driver.allocate(4 * 4), 4)).containsOnly(Float.NaN);
  }

  @Test
  void groupsRunInTheOrderToo() {
    assertThat(chainOfGroups(MockCuda.Order.FORWARD)).isEqualTo(100);
    assertThat(chainOfGroups(MockCuda.Order.REVERSED)).isNotEqualTo(100);
    assertThat(chainOfGroups(MockCuda.Order.RANDOM)).isNotEqualTo(100);
  }

  private float chainOfGroups(MockCuda.Order order) {
    MockCuda.order(order);
    DeviceMemory y = driver.allocate(101 * 4);
    driver.fill(y, 0, 4);
    driver.launch(
        driver.kernel(TestPrograms.program("test_faults"), "order_of_groups"),
        Grid.of(100, GROUP),
        y);
    return floats(y, 101)[100];
  }

  // ---- the device's own failures

  @Test
  void afterAFaultEveryCallReportsIt() {
    DeviceMemory y = driver.allocate(4);
    assertThatThrownBy(() -> launch("division_by_zero", y, 0)).isInstanceOf(DriverException.class);
    assertThatThrownBy(() -> driver.allocate(4))
        .hasMessageContaining("cuMemAlloc of 4 bytes: CUDA_ERROR_ILLEGAL_ADDRESS");
    assertThatThrownBy(() -> driver.synchronize())
        .hasMessageContaining("cuEventCreate: CUDA_ERROR_ILLEGAL_ADDRESS");
  }

  @Test
  void aNewDriverWorksAfterAFault() {
    DeviceMemory y = driver.allocate(4);
    assertThatThrownBy(() -> launch("division_by_zero", y, 0)).isInstanceOf(DriverException.class);
    close();
    driver = new CudaDriver(0);
    localMemoryStartsAsNaN();
  }

  @Test
  void aFullDeviceIsToldAndGoesOn() {
    MockCuda.memory(1000);
    DeviceMemory first = driver.allocate(600);
    assertThatThrownBy(() -> driver.allocate(600))
        .isInstanceOf(DeviceMemoryException.class)
        .hasMessage(
            "cuMemAlloc of 600 bytes: CUDA_ERROR_OUT_OF_MEMORY, 400 of the device's 1000 bytes are"
                + " free");
    driver.free(first);
    assertThat(driver.allocate(600).bytes()).isEqualTo(600);
  }

  @Test
  void aFailingLaunchIsNamed() {
    DeviceMemory y = driver.allocate(GROUP * 4);
    MockCuda.failLaunch(2);
    launch("unwritten_local", y);
    assertThatThrownBy(() -> launch("unwritten_local", y))
        .isInstanceOf(DriverException.class)
        .hasMessageContaining("cuLaunchKernel of unwritten_local: CUDA_ERROR_LAUNCH_FAILED");
  }

  @Test
  void deferredWorkIsDoneWhenSomebodyWaits() {
    MockCuda.deferred(true);
    DeviceMemory memory = driver.allocate(3_000_000L * 4);
    float[] sent = new float[3_000_000];
    IntStream.range(0, sent.length).forEach(i -> sent[i] = i);
    driver.upload(FloatBuffer.wrap(sent.clone()), memory);
    assertThat(floats(memory, sent.length)).isEqualTo(sent);
  }

  @Test
  void aFaultInDeferredWorkIsReportedWhereItIsWaitedFor() {
    MockCuda.deferred(true);
    DeviceMemory y = driver.allocate(4);
    launch("division_by_zero", y, 0);
    assertThatThrownBy(() -> driver.synchronize())
        .hasMessageContaining("cuEventSynchronize: CUDA_ERROR_ILLEGAL_ADDRESS")
        .hasMessageContaining("kernel division_by_zero");
  }

  @Test
  void aGraphWhoseMemoryIsGoneIsReported() {
    DeviceMemory memory = driver.allocate(4);
    Prepared prepared = driver.prepare(List.of(new Command.Fill(memory, 1, 4)), null);
    driver.free(memory);
    assertThatThrownBy(() -> prepared.run(new int[0]))
        .hasMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS")
        .hasMessageContaining("offset 0 of a freed buffer of 4 bytes");
  }

  @Test
  void aWrongNumberOrKindOfArgumentsIsRefused() {
    DeviceMemory y = driver.allocate(4);
    assertThatThrownBy(() -> launch("division_by_zero", y))
        .hasMessage("kernel division_by_zero takes 2 arguments, not 1");
    assertThatThrownBy(() -> launch("division_by_zero", y, 1f))
        .hasMessage("kernel division_by_zero: argument 1 is 1.0, not INT");
    assertThatThrownBy(() -> launch("division_by_zero", 1, 1))
        .hasMessage("kernel division_by_zero: argument 0 is 1, not POINTER");
  }

  @Test
  void aWrongWorkGroupSizeIsRefused() {
    DeviceMemory y = driver.allocate(4);
    assertThatThrownBy(
            () ->
                driver.launch(
                    driver.kernel(TestPrograms.program("test_faults"), "division_by_zero"),
                    Grid.of(1, 32),
                    y,
                    1))
        .hasMessageContaining("division_by_zero wants 64 threads, not 32");
  }

  // ---- what the tests are made of

  private void launch(String kernel, Object... arguments) {
    driver.launch(
        driver.kernel(TestPrograms.program("test_faults"), kernel), Grid.of(1, GROUP), arguments);
  }

  /** Runs a kernel of (x, y) on x[i] = i, and counts the elements that are not as expected. */
  private int wrongElements(String kernel, IntToDoubleFunction expected) {
    DeviceMemory x = driver.allocate(GROUP * 4);
    DeviceMemory y = driver.allocate(GROUP * 4);
    float[] values = new float[GROUP];
    for (int i = 0; i < GROUP; i++) {
      values[i] = i;
    }
    driver.upload(FloatBuffer.wrap(values), x);
    launch(kernel, x, y);
    float[] seen = floats(y, GROUP);
    return (int)
        IntStream.range(0, GROUP).filter(i -> seen[i] != expected.applyAsDouble(i)).count();
  }

  private float[] floats(DeviceMemory memory, int count) {
    float[] result = new float[count];
    driver.download(memory, FloatBuffer.wrap(result));
    return result;
  }
}
