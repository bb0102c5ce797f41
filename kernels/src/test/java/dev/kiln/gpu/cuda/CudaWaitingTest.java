package dev.kiln.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.gpu.TestPrograms;
import dev.kiln.gpu.driver.Command;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.DriverException;
import dev.kiln.gpu.driver.Grid;
import dev.kiln.gpu.driver.Kernel;
import dev.kiln.gpu.driver.Prepared;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A thread that waits for the device, and what others may do meanwhile. */
class CudaWaitingTest {
  private static final int WORD = 4;
  private static final int PATIENCE_SECONDS = 30;
  private static final int STAGES = 4;

  private final CudaDriver driver;

  CudaWaitingTest() {
    MockCuda.install();
    driver = new CudaDriver(0);
  }

  @AfterEach
  void close() {
    MockCuda.reset();
    try {
      driver.close();
    } catch (DriverException e) {
      assertThat(e).as("what the test provoked").hasMessageContaining("CUDA_ERROR");
    }
  }

  /** A call on a thread of its own. */
  private static final class Call<T> {
    private final FutureTask<T> task;
    private final Thread thread;

    private Call(Callable<T> call) {
      task = new FutureTask<>(call);
      thread = new Thread(task);
      thread.setDaemon(true);
      thread.start();
    }

    private T result() throws Exception {
      return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static void until(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("patience").isLessThan(end);
      Thread.sleep(1);
    }
  }

  @Test
  void othersQueueWhileAThreadDownloads() throws Exception {
    DeviceMemory memory = filled(1);
    MockCuda.stalled(true);
    Call<int[]> waiting = new Call<>(() -> ints(memory, 1));
    othersQueueBehind(waiting, memory);
    assertThat(waiting.result()).as("before what others have queued").containsExactly(1);
  }

  @Test
  void othersQueueWhileAThreadSynchronizes() throws Exception {
    DeviceMemory memory = filled(1);
    MockCuda.stalled(true);
    driver.fill(memory, 2, WORD);
    Call<Boolean> waiting =
        new Call<>(
            () -> {
              driver.synchronize();
              return true;
            });
    othersQueueBehind(waiting, memory);
    assertThat(waiting.result()).isTrue();
  }

  @Test
  void othersQueueWhileAThreadWaitsForAStageToUploadBy() throws Exception {
    DeviceMemory memory = filled(1);
    DeviceMemory another = filled(1);
    MockCuda.stalled(true);
    Call<Boolean> waiting =
        new Call<>(
            () -> {
              for (int i = 0; i <= STAGES; i++) {
                driver.upload(IntBuffer.wrap(new int[] {10 + i}), another);
              }
              return true;
            });
    until(() -> MockCuda.waiting() == 1);
    Call<Boolean> queueing =
        new Call<>(
            () -> {
              driver.fill(memory, 5, WORD);
              return true;
            });
    assertThat(queueing.result()).isTrue();
    assertThat(waiting.task.isDone()).isFalse();
    MockCuda.stalled(false);
    assertThat(waiting.result()).isTrue();
    assertThat(ints(memory, 1)).containsExactly(5);
    assertThat(ints(another, 1)).containsExactly(10 + STAGES);
  }

  /** Everything that can be queued, also the capture of a graph, behind a call that waits. */
  private void othersQueueBehind(Call<?> waiting, DeviceMemory memory) throws Exception {
    until(() -> MockCuda.waiting() == 1);
    DeviceMemory end = new Call<>(() -> queueAll(memory)).result();
    assertThat(waiting.task.isDone()).isFalse();
    MockCuda.stalled(false);
    assertThat(ints(end, 1)).containsExactly(7);
    assertThat(ints(memory, 1)).containsExactly(5);
  }

  private DeviceMemory queueAll(DeviceMemory memory) {
    DeviceMemory from = driver.allocate(WORD);
    DeviceMemory to = driver.allocate(WORD);
    driver.upload(IntBuffer.wrap(new int[] {7}), from);
    Prepared prepared = driver.prepare(List.of(new Command.Copy(from, to, WORD)), null);
    prepared.run(new int[0]);
    driver.fill(memory, 5, WORD);
    return to;
  }

  @Test
  void transfersAtOnceAreNotMixedUp() throws Exception {
    int words = 3 * (1 << 19) + 5;
    List<Call<Boolean>> calls = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      int mine = thread;
      DeviceMemory memory = driver.allocate((long) words * WORD);
      calls.add(new Call<>(() -> goesUpAndDown(memory, words, mine)));
    }
    for (Call<Boolean> call : calls) {
      assertThat(call.result()).isTrue();
    }
  }

  private boolean goesUpAndDown(DeviceMemory memory, int words, int thread) {
    int[] sent = new int[words];
    boolean all = true;
    for (int round = 0; round < 5; round++) {
      Arrays.setAll(sent, i -> 31 * i + thread);
      driver.upload(IntBuffer.wrap(sent), memory);
      all &= Arrays.equals(ints(memory, words), sent);
    }
    return all;
  }

  @Test
  void closingWaitsForADownload() throws Exception {
    long before = MockCuda.held();
    CudaDriver second = new CudaDriver(0);
    int words = 3 * (1 << 19);
    DeviceMemory memory = second.allocate((long) words * WORD);
    second.fill(memory, 6, (long) words * WORD);
    int[] seen = new int[words];
    MockCuda.stalled(true);
    Call<Boolean> download =
        new Call<>(
            () -> {
              second.download(memory, IntBuffer.wrap(seen));
              return true;
            });
    until(() -> MockCuda.waiting() == 1);
    Call<Boolean> closing =
        new Call<>(
            () -> {
              second.close();
              return true;
            });
    until(() -> closing.thread.getState() == Thread.State.WAITING);
    MockCuda.stalled(false);
    assertThat(download.result()).isTrue();
    assertThat(seen).containsOnly(6);
    assertThat(closing.result()).isTrue();
    assertThat(MockCuda.held()).isEqualTo(before);
    assertThatThrownBy(() -> second.download(memory, IntBuffer.wrap(seen)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  void aFaultIsReportedToWhoWaitsAndToOthers() throws Exception {
    DeviceMemory memory = filled(1);
    Kernel kernel = driver.kernel(TestPrograms.program("test_faults"), "division_by_zero");
    MockCuda.stalled(true);
    driver.launch(kernel, Grid.of(1, 64), memory, 0);
    Call<int[]> waiting = new Call<>(() -> ints(memory, 1));
    until(() -> MockCuda.waiting() == 1);
    MockCuda.stalled(false);
    assertThatThrownBy(waiting::result)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(DriverException.class)
        .hasMessageContaining("cuEventSynchronize: CUDA_ERROR_ILLEGAL_ADDRESS");
    assertThatThrownBy(driver::synchronize).hasMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS");
    assertThatThrownBy(() -> driver.upload(FloatBuffer.allocate(1), memory))
        .hasMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS");
  }

  private DeviceMemory filled(int value) {
    DeviceMemory memory = driver.allocate(WORD);
    driver.fill(memory, value, WORD);
    return memory;
  }

  private int[] ints(DeviceMemory memory, int count) {
    int[] result = new int[count];
    driver.download(memory, IntBuffer.wrap(result));
    return result;
  }
}
