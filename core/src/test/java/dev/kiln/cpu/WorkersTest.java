package dev.kiln.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkersTest {
  private final Workers workers = new Workers(3);

  @AfterEach
  void endThreads() {
    workers.close();
  }

  @Test
  void everyTaskRunsOnce() {
    for (int tasks : new int[] {0, 1, 2, 3, 100, 10_000}) {
      AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
      workers.run(tasks, runs::incrementAndGet);
      for (int i = 0; i < tasks; i++) {
        assertThat(runs.get(i)).isEqualTo(1);
      }
    }
  }

  @Test
  void aLoopInsideATaskRunsToo() {
    AtomicInteger count = new AtomicInteger();
    workers.run(20, i -> workers.run(30, j -> count.incrementAndGet()));
    assertThat(count).hasValue(600);
  }

  @Test
  void severalThreadsMayStartLoopsAtOnce() throws InterruptedException {
    AtomicInteger count = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 200; i++) {
                  workers.run(10, j -> count.incrementAndGet());
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(count).hasValue(4 * 200 * 10);
  }

  @Test
  void parkedThreadsWakeForTheNextLoop() throws InterruptedException {
    AtomicInteger count = new AtomicInteger();
    for (int i = 0; i < 5; i++) {
      Thread.sleep(5);
      workers.run(50, j -> count.incrementAndGet());
    }
    assertThat(count).hasValue(250);
  }

  @Test
  void whatATaskThrowsReachesTheCallerAndTheTeamGoesOn() {
    assertThatThrownBy(
            () ->
                workers.run(
                    100,
                    i -> {
                      if (i == 57) {
                        throw new IllegalStateException("task 57");
                      }
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("task 57");
    AtomicInteger count = new AtomicInteger();
    workers.run(100, i -> count.incrementAndGet());
    assertThat(count).hasValue(100);
  }

  @Test
  void elementsAreCutAtMultiplesOfSixtyFour() {
    for (int count : new int[] {1, 63, 64, 65, 1000, 4096, 100_001}) {
      List<int[]> pieces = Collections.synchronizedList(new ArrayList<>());
      workers.elements(count, 100, (from, to) -> pieces.add(new int[] {from, to}));
      pieces.sort((a, b) -> Integer.compare(a[0], b[0]));
      int end = 0;
      for (int[] piece : pieces) {
        assertThat(piece[0]).isEqualTo(end);
        assertThat(piece[0] % 64).isZero();
        end = piece[1];
      }
      assertThat(end).isEqualTo(count);
    }
  }
}
