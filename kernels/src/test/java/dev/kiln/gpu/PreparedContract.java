package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.gpu.driver.Command;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.Driver;
import dev.kiln.gpu.driver.Grid;
import dev.kiln.gpu.driver.Kernel;
import dev.kiln.gpu.driver.Prepared;
import dev.kiln.gpu.driver.ProgramCatalog;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link Driver} promises of the commands that it prepares: each run of them is in the
 * queue like any other command.
 */
public abstract class PreparedContract extends OnDriver {
  private static final int WORD = 4;
  private static final int RUNS = 50;

  @ParameterizedTest
  @ValueSource(ints = {1, 31, 32, 33, 100})
  void eachRunIsGivenItsNumbers(int count) {
    DeviceMemory numbers = driver.allocate(Prepared.bytesFor(count));
    DeviceMemory seen = driver.allocate((long) count * WORD);
    DeviceMemory other = memory(1);
    List<Command> commands =
        List.of(new Command.Copy(numbers, seen, (long) count * WORD), fill(other, 1));
    try (Prepared prepared = driver.prepare(commands, numbers)) {
      for (int run = 0; run < RUNS; run++) {
        int[] given = new int[count];
        Arrays.fill(given, run);
        prepared.run(given);
        Arrays.fill(given, -1); // it may be changed at once
        assertThat(ints(seen, count)).containsOnly(run);
      }
    }
  }

  @Test
  void whatIsReadIsOfTheLastRun() {
    DeviceMemory in = memory(1000);
    DeviceMemory early = memory(1000);
    DeviceMemory late = memory(1000);
    try (Prepared prepared = driver.prepare(chain(in, early, late), null)) {
      for (int run = 0; run < RUNS; run++) {
        driver.fill(in, run, 1000 * WORD);
        prepared.run(new int[0]);
        assertThat(ints(early, 1000)).containsOnly(run);
        if (run % 3 == 0) {
          assertThat(ints(late, 1000)).containsOnly(run);
          assertThat(ints(early, 1)).containsOnly(run);
        }
      }
    }
  }

  @Test
  void ofRunsThatAreQueuedTogetherTheLastOneIsRead() {
    DeviceMemory numbers = driver.allocate(Prepared.bytesFor(1));
    DeviceMemory early = memory(1);
    DeviceMemory late = memory(1);
    try (Prepared prepared = driver.prepare(chain(numbers, early, late), numbers)) {
      for (int run = 0; run < RUNS; run++) {
        for (int more = 0; more <= run % 4; more++) {
          prepared.run(new int[] {10 * run + more});
        }
        assertThat(ints(early, 1)).containsExactly(10 * run + run % 4);
      }
    }
  }

  @Test
  void whatIsWrittenAfterARunIsWhatIsRead() {
    DeviceMemory in = memory(1);
    DeviceMemory early = memory(1);
    DeviceMemory other = memory(1);
    driver.fill(in, 7, WORD);
    driver.fill(other, 5, WORD);
    try (Prepared prepared = driver.prepare(chain(in, early, memory(1)), null);
        Prepared second = driver.prepare(List.of(fill(early, 2), fill(memory(1), 0)), null)) {
      List<Runnable> writers =
          List.of(
              () -> driver.fill(early, 3, WORD),
              () -> driver.upload(IntBuffer.wrap(new int[] {4}), early),
              () -> driver.copy(other, early, WORD),
              () -> driver.launch(kernel("fill"), Grid.covering(1, 256), early, 1f, 1),
              () -> second.run(new int[0]));
      List<Integer> written = List.of(3, 4, 5, Float.floatToRawIntBits(1), 2);
      for (int run = 0; run < RUNS; run++) {
        prepared.run(new int[0]);
        assertThat(ints(early, 1)).containsExactly(7);
        prepared.run(new int[0]);
        writers.get(run % writers.size()).run();
        assertThat(ints(early, 1)).containsExactly(written.get(run % writers.size()));
      }
    }
  }

  @Test
  void viewsAreOfTheMemoryThatTheyAreOf() {
    int alignment = driver.info().alignmentBytes();
    DeviceMemory in = memory(1);
    DeviceMemory whole = driver.allocate(2L * alignment);
    DeviceMemory part = driver.view(whole, alignment, WORD);
    List<Command> commands = chain(in, whole, memory(1));
    commands.addAll(chain(in, part, memory(1)));
    try (Prepared prepared = driver.prepare(commands, null)) {
      for (int run = 0; run < RUNS; run++) {
        driver.fill(in, run, WORD);
        prepared.run(new int[0]);
        assertThat(ints(whole, alignment / WORD + 1)).startsWith(run).endsWith(run);
        driver.fill(part, -run, WORD);
        assertThat(ints(whole, alignment / WORD + 1)).startsWith(run).endsWith(-run);
      }
    }
    driver.free(part);
  }

  /** A training loop that reads each loss while another thread has work of its own queued. */
  @Test
  void threadsReadWhatTheirOwnRunsHaveMade() throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int base = 1000 * i;
      DeviceMemory numbers = driver.allocate(Prepared.bytesFor(1));
      List<Command> commands = chain(numbers, memory(1), memory(1));
      DeviceMemory early = ((Command.Copy) commands.get(0)).destination();
      Prepared prepared = driver.prepare(commands, numbers);
      Thread thread =
          new Thread(
              () -> {
                for (int run = 0; run < 4 * RUNS; run++) {
                  prepared.run(new int[] {base + run});
                  assertThat(ints(early, 1)).containsExactly(base + run);
                }
                prepared.close();
              });
      thread.setUncaughtExceptionHandler((t, e) -> failure.compareAndSet(null, e));
      threads.add(thread);
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failure.get()).isNull();
  }

  // ---- what the tests are made of

  /** Copies to {@code early}, does other things, and copies to {@code late}. */
  private List<Command> chain(DeviceMemory in, DeviceMemory early, DeviceMemory late) {
    DeviceMemory own = memory(1);
    List<Command> commands = new ArrayList<>();
    commands.add(new Command.Copy(in, early, Math.min(in.bytes(), early.bytes())));
    for (int i = 0; i < 10; i++) {
      commands.add(fill(own, i));
    }
    commands.add(new Command.Copy(in, late, Math.min(in.bytes(), late.bytes())));
    return commands;
  }

  private Kernel kernel(String name) {
    return driver.kernel(ProgramCatalog.shipped().program("fill_copy"), name);
  }

  private DeviceMemory memory(int words) {
    return driver.allocate((long) words * WORD);
  }

  private static Command fill(DeviceMemory memory, int value) {
    return new Command.Fill(memory, value, WORD);
  }

  private int[] ints(DeviceMemory memory, int count) {
    int[] result = new int[count];
    driver.download(memory, IntBuffer.wrap(result));
    return result;
  }
}
