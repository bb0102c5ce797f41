package dev.kiln.gpu;

import dev.kiln.OutOfDeviceMemoryException;
import dev.kiln.backend.MemoryStatistics;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.DeviceMemoryException;
import dev.kiln.gpu.driver.Driver;
import dev.kiln.gpu.driver.DriverInfo;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Device memory that is kept when it is released and handed out again: an allocation through the
 * driver costs more than most kernels.
 *
 * <p>Sizes are rounded up to classes, eight between one power of two and the next, so that at most
 * an eighth is wasted and a block fits the next request of about its size. A released block may be
 * handed out at once, although work on it is still queued: the queue is in order, so whoever gets
 * it comes later. What is live and what is cached stay under the cap together.
 */
final class MemoryPool {
  private static final long SMALLEST = 512;
  private static final int HOLDERS_SHOWN = 5;
  private static final int NAN = Float.floatToRawIntBits(Float.NaN);

  private final Driver driver;
  private final long cap;
  private final boolean caching;
  private final boolean rounding;
  private final Map<DeviceMemory, Long> live = new IdentityHashMap<>();
  private final TreeMap<Long, Deque<DeviceMemory>> cache = new TreeMap<>();
  private long used;
  private long cached;
  private long peak;
  private boolean poisoning;

  /**
   * @param cap bytes, for live and cached blocks together
   * @param caching false hands every request to the driver at its exact size, so that a checker
   *     behind the driver sees each buffer's true bounds and life
   */
  MemoryPool(Driver driver, long cap, boolean caching) {
    this(driver, cap, caching, caching);
  }

  private MemoryPool(Driver driver, long cap, boolean caching, boolean rounding) {
    this.driver = driver;
    this.cap = cap;
    this.caching = caching;
    this.rounding = rounding;
  }

  /** A pool over {@code other} that gives nothing back until {@link #trim()}. */
  MemoryPool keeping(Driver other) {
    return new MemoryPool(other, Long.MAX_VALUE, true, rounding);
  }

  /**
   * The pool as the properties want it: {@code -Dkiln.memory.cap} in bytes, with {@code k}, {@code
   * m} or {@code g} behind it, or as a share of the device such as {@code 50%}, which is 90 %
   * unless given; {@code -Dkiln.memory.cache=off} for exact allocations.
   */
  static MemoryPool of(Driver driver) {
    String cap = System.getProperty("kiln.memory.cap", "90%");
    return new MemoryPool(
        driver,
        parseCap(cap, driver.info().memoryBytes()),
        !"off".equals(System.getProperty("kiln.memory.cache")));
  }

  static long parseCap(String text, long deviceBytes) {
    String number = text.strip().toLowerCase(Locale.ROOT);
    try {
      if (number.endsWith("%")) {
        double share = Double.parseDouble(number.substring(0, number.length() - 1)) / 100;
        return (long) (deviceBytes * share);
      }
      int unit =
          10 * (1 + "kmg".indexOf(number.isEmpty() ? ' ' : number.charAt(number.length() - 1)));
      return Long.parseLong(unit == 0 ? number : number.substring(0, number.length() - 1)) << unit;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "-Dkiln.memory.cap=" + text + ": wanted bytes such as 4g, 512m or 50%", e);
    }
  }

  /**
   * A block of at least {@code bytes} with undefined contents; 0 is legal.
   *
   * @throws OutOfDeviceMemoryException if the device or the cap has no more, even after everything
   *     that was cached has been given back
   */
  synchronized DeviceMemory allocate(long bytes) {
    long size = rounding ? sizeClass(bytes) : bytes;
    Deque<DeviceMemory> reusable = cache.get(size);
    DeviceMemory memory = reusable == null ? null : reusable.pollLast();
    if (memory != null) {
      cached -= size;
    } else {
      memory = allocateFresh(bytes, size);
    }
    live.put(memory, size);
    used += size;
    peak = Math.max(peak, used);
    if (poisoning) {
      driver.fill(memory, NAN, size / Float.BYTES * Float.BYTES);
    }
    return memory;
  }

  /**
   * Whether blocks are handed out full of NaN from now on: so a kernel that reads what it should
   * have written finds no leftovers of one that did.
   */
  synchronized void poison(boolean wanted) {
    poisoning = wanted;
  }

  private DeviceMemory allocateFresh(long bytes, long size) {
    if (size > cap - used) {
      throw outOfMemory(text(bytes), "the pool's cap is " + text(cap) + " (-Dkiln.memory.cap)");
    }
    trim(cap - used - size);
    return withRoom(() -> text(bytes), () -> driver.allocate(size));
  }

  /**
   * What a call of the driver gives that takes memory of the device. Where there is none, what is
   * cached goes back to the driver, and the call is made once more.
   *
   * @param wanted what the memory is for, as a message names it
   * @throws OutOfDeviceMemoryException if there is none even then
   */
  <T> T withRoom(Supplier<String> wanted, Supplier<T> call) {
    try {
      return call.get();
    } catch (DeviceMemoryException first) {
      trim();
    }
    try {
      return call.get();
    } catch (DeviceMemoryException e) {
      throw outOfMemory(wanted.get(), "the driver says: " + e.getMessage());
    }
  }

  /**
   * Takes a block back, for the next request of its class.
   *
   * @throws IllegalStateException if it is not live: released before, or not of this pool
   */
  synchronized void release(DeviceMemory memory) {
    Long size = live.remove(memory);
    if (size == null) {
      throw new IllegalStateException(
          "memory of " + memory.bytes() + " bytes is released twice, or is not of this pool");
    }
    used -= size;
    if (caching) {
      cached += size;
      cache.computeIfAbsent(size, key -> new ArrayDeque<>()).addLast(memory);
    } else {
      driver.free(memory);
    }
  }

  /** Gives all cached blocks back to the driver. */
  synchronized void trim() {
    trim(0);
  }

  /** Gives cached blocks back to the device, the largest first, until at most {@code keep} stay. */
  private void trim(long keep) {
    while (cached > keep) {
      Map.Entry<Long, Deque<DeviceMemory>> largest = cache.lastEntry();
      DeviceMemory memory = largest.getValue().pollFirst();
      if (memory == null) {
        cache.remove(largest.getKey());
      } else {
        cached -= largest.getKey();
        driver.free(memory);
      }
    }
  }

  synchronized MemoryStatistics statistics() {
    return new MemoryStatistics(used, cached, peak, cap);
  }

  /** {@code bytes} rounded up: three bits after the leading one are kept. */
  static long sizeClass(long bytes) {
    if (bytes == 0) {
      return 0;
    }
    if (bytes <= SMALLEST) {
      return SMALLEST;
    }
    long step = Long.highestOneBit(bytes - 1) >> 3;
    return (bytes + step - 1) / step * step;
  }

  private synchronized OutOfDeviceMemoryException outOfMemory(String wanted, String reason) {
    DriverInfo device = driver.info();
    return new OutOfDeviceMemoryException(
        "out of memory on "
            + device.api()
            + " device "
            + device.name()
            + ": "
            + wanted
            + " asked for, "
            + text(Math.max(0, cap - used))
            + " free, "
            + text(used)
            + " in "
            + live.size()
            + " live buffers ("
            + holders()
            + "), nothing left in the cache; "
            + reason);
  }

  private String holders() {
    if (live.isEmpty()) {
      return "none";
    }
    return "the largest: "
        + live.values().stream()
            .collect(Collectors.groupingBy(size -> size, TreeMap::new, Collectors.counting()))
            .descendingMap()
            .entrySet()
            .stream()
            .sorted(Comparator.comparing(entry -> -entry.getKey() * entry.getValue()))
            .limit(HOLDERS_SHOWN)
            .map(entry -> entry.getValue() + " x " + text(entry.getKey()))
            .collect(Collectors.joining(", "));
  }

  private static String text(long bytes) {
    if (bytes < 1 << 10) {
      return bytes + " bytes";
    }
    String[] units = {"KiB", "MiB", "GiB", "TiB"};
    int unit = Math.min((63 - Long.numberOfLeadingZeros(bytes)) / 10, units.length);
    return String.format(
        Locale.ROOT, "%.1f %s", bytes / (double) (1L << 10 * unit), units[unit - 1]);
  }
}
