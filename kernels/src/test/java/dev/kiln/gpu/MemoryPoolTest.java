package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.OutOfDeviceMemoryException;
import dev.kiln.backend.MemoryStatistics;
import dev.kiln.gpu.driver.DeviceMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class MemoryPoolTest {
  private static final long MIB = 1 << 20;

  private final FakeDriver driver = new FakeDriver(64 * MIB);
  private final MemoryPool pool = new MemoryPool(driver, 64 * MIB, true);

  @Test
  void aReleasedBlockIsHandedOutAgain() {
    DeviceMemory first = pool.allocate(5000);
    pool.release(first);
    assertThat(pool.allocate(5100)).isSameAs(first);
    assertThat(driver.allocations).isEqualTo(1);
  }

  @Test
  void aTrainingStepSettlesAndAllocatesNoMore() {
    for (int step = 0; step < 50; step++) {
      List<DeviceMemory> made = new ArrayList<>();
      for (int layer = 1; layer <= 20; layer++) {
        made.add(pool.allocate(layer * 10_000L));
      }
      made.forEach(pool::release);
    }
    assertThat(driver.allocations).isEqualTo(20);
    assertThat(pool.statistics().used()).isZero();
  }

  @Test
  void countsUsedCachedAndPeak() {
    DeviceMemory a = pool.allocate(MIB);
    DeviceMemory b = pool.allocate(MIB);
    pool.release(a);
    assertThat(pool.statistics()).isEqualTo(new MemoryStatistics(MIB, MIB, 2 * MIB, 64 * MIB));
    pool.release(b);
    assertThat(pool.statistics().used()).isZero();
    assertThat(pool.statistics().peak()).isEqualTo(2 * MIB);
  }

  @Test
  void cachedBlocksOfOtherSizesMakeRoom() {
    pool.release(pool.allocate(40 * MIB));
    DeviceMemory memory = pool.allocate(48 * MIB);
    assertThat(memory.bytes()).isGreaterThanOrEqualTo(48 * MIB);
    assertThat(driver.bytes()).isLessThanOrEqualTo(64 * MIB);
  }

  @Test
  void theCapHoldsForLiveAndCachedTogether() {
    MemoryPool capped = new MemoryPool(driver, 10 * MIB, true);
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 500; i++) {
      List<DeviceMemory> made = new ArrayList<>();
      for (int j = 0; j < 4; j++) {
        made.add(capped.allocate(random.nextLong(2 * MIB)));
        assertThat(driver.bytes()).isLessThanOrEqualTo(10 * MIB);
      }
      made.forEach(capped::release);
    }
  }

  @Test
  void whatDoesNotFitUnderTheCapNamesDeviceRequestFreeAndHolders() {
    MemoryPool capped = new MemoryPool(driver, 16 * MIB, true);
    capped.allocate(8 * MIB);
    for (int i = 0; i < 3; i++) {
      capped.allocate(MIB);
    }
    assertThatThrownBy(() -> capped.allocate(6 * MIB))
        .isInstanceOf(OutOfDeviceMemoryException.class)
        .hasMessage(
            "out of memory on Fake device Paper GPU: 6.0 MiB asked for, 5.0 MiB free, 11.0 MiB in 4"
                + " live buffers (the largest: 1 x 8.0 MiB, 3 x 1.0 MiB), nothing left in the"
                + " cache; the pool's cap is 16.0 MiB (-Dkiln.memory.cap)");
  }

  @Test
  void theDeviceIsAskedAgainAfterTheCacheWasGivenBack() {
    MemoryPool generous = new MemoryPool(driver, 1000 * MIB, true);
    generous.release(generous.allocate(40 * MIB));
    assertThat(generous.allocate(48 * MIB).bytes()).isEqualTo(48 * MIB);
    assertThatThrownBy(() -> generous.allocate(48 * MIB))
        .isInstanceOf(OutOfDeviceMemoryException.class)
        .hasMessageContaining("the paper is full");
    assertThat(generous.allocate(8 * MIB)).as("still usable").isNotNull();
  }

  @Test
  void releasingTwiceIsAnError() {
    DeviceMemory memory = pool.allocate(10);
    pool.release(memory);
    assertThatThrownBy(() -> pool.release(memory)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void nothingAtAllCanBeAllocated() {
    DeviceMemory nothing = pool.allocate(0);
    assertThat(nothing.bytes()).isZero();
    pool.release(nothing);
  }

  @Test
  void withoutCachingEveryBlockIsExactAndGoesBackAtOnce() {
    MemoryPool exact = new MemoryPool(driver, 64 * MIB, false);
    DeviceMemory memory = exact.allocate(1001);
    assertThat(memory.bytes()).isEqualTo(1001);
    exact.release(memory);
    assertThat(driver.live).isEmpty();
  }

  @Test
  void threadsMayAllocateAndReleaseAtOnce() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 5000; i++) {
                  pool.release(pool.allocate(1000 + i % 50));
                }
              });
      thread.setUncaughtExceptionHandler((where, what) -> failures.add(what));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(pool.statistics().used()).isZero();
  }

  @Property
  void aClassWastesAtMostAnEighth(@ForAll @LongRange(min = 513, max = 1L << 40) long bytes) {
    long size = MemoryPool.sizeClass(bytes);
    assertThat(size).isBetween(bytes, bytes + bytes / 8 + 1);
    assertThat(MemoryPool.sizeClass(size)).isEqualTo(size);
  }

  @Test
  void theCapIsReadInBytesUnitsAndShares() {
    assertThat(MemoryPool.parseCap("4096", MIB)).isEqualTo(4096);
    assertThat(MemoryPool.parseCap("3k", MIB)).isEqualTo(3 << 10);
    assertThat(MemoryPool.parseCap("512M", MIB)).isEqualTo(512 * MIB);
    assertThat(MemoryPool.parseCap("2g", MIB)).isEqualTo(2048 * MIB);
    assertThat(MemoryPool.parseCap("50%", MIB)).isEqualTo(MIB / 2);
    assertThatThrownBy(() -> MemoryPool.parseCap("much", MIB))
        .hasMessageContaining("-Dkiln.memory.cap=much");
  }
}
