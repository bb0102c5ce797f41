package dev.kiln.cpu;

import dev.kiln.DType;
import dev.kiln.OutOfDeviceMemoryException;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Memory;
import dev.kiln.backend.MemoryStatistics;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Buffers over Java arrays. Released arrays are kept, by exact length, for the next allocation: a
 * training step asks for the same lengths over and over, and the JVM would zero each new one.
 */
final class CpuMemory implements Memory {
  /** Behind the elements of a buffer, so that a vector may begin at the last of them. */
  private static final int SLACK = Loops.WIDEST;

  private final Map<Key, Shelf> shelves = new HashMap<>();
  private final long cap = Runtime.getRuntime().maxMemory();
  private final long cacheLimit = cap / 4;
  private long used;
  private long cached;
  private long peak;

  private record Key(DType dtype, int length) {}

  /** All arrays of one length: how many are out, and those that wait. */
  private static final class Shelf {
    int live;
    final ArrayDeque<Object> free = new ArrayDeque<>();
  }

  @Override
  public synchronized Buffer allocate(DType dtype, int size) {
    Shelf shelf = shelves.computeIfAbsent(new Key(dtype, size), key -> new Shelf());
    Object array = shelf.free.poll();
    long bytes = (long) size * DType.BYTES;
    if (array != null) {
      cached -= bytes;
    } else {
      array = create(dtype, size);
    }
    shelf.live++;
    used += bytes;
    peak = Math.max(peak, used);
    return new CpuBuffer(array, size, true);
  }

  private Object create(DType dtype, int size) {
    try {
      return array(dtype, size);
    } catch (OutOfMemoryError first) {
      trim();
      try {
        return array(dtype, size);
      } catch (OutOfMemoryError second) {
        throw new OutOfDeviceMemoryException(
            "cpu: no room for "
                + megabytes((long) size * DType.BYTES)
                + ": "
                + megabytes(used)
                + " are in buffers, the Java heap may grow to "
                + megabytes(cap)
                + " (-Xmx raises it); the largest holders: "
                + holders());
      }
    }
  }

  private static Object array(DType dtype, int size) {
    return dtype == DType.FLOAT32 ? new float[size + SLACK] : new int[size];
  }

  private String holders() {
    return shelves.entrySet().stream()
        .filter(shelf -> shelf.getValue().live > 0)
        .sorted(
            Comparator.comparingLong(
                shelf -> -(long) shelf.getValue().live * shelf.getKey().length()))
        .limit(3)
        .map(
            shelf ->
                shelf.getValue().live
                    + " x "
                    + megabytes((long) shelf.getKey().length() * DType.BYTES)
                    + " of "
                    + shelf.getKey().dtype())
        .collect(Collectors.joining(", "));
  }

  private static String megabytes(long bytes) {
    return String.format("%.1f MB", bytes / 1e6);
  }

  private void trim() {
    shelves.values().forEach(shelf -> shelf.free.clear());
    shelves.values().removeIf(shelf -> shelf.live == 0);
    cached = 0;
  }

  @Override
  public Buffer adopt(float[] array) {
    return new CpuBuffer(array, array.length, false);
  }

  @Override
  public Buffer adopt(int[] array) {
    return new CpuBuffer(array, array.length, false);
  }

  @Override
  public Buffer view(Buffer buffer, int offset, int size) {
    return CpuBuffer.of(buffer).view(offset, size);
  }

  @Override
  public synchronized void release(Buffer buffer) {
    Shelf shelf = shelves.get(new Key(buffer.dtype(), buffer.size()));
    if (!CpuBuffer.of(buffer).pooled() || shelf == null) {
      return; // adopted: the array is its giver's
    }
    long bytes = (long) buffer.size() * DType.BYTES;
    used -= bytes;
    if (cached + bytes > cacheLimit) {
      trim();
    }
    shelf.live--;
    shelf.free.push(CpuBuffer.of(buffer).array());
    cached += bytes;
  }

  @Override
  public int alignment() {
    return 1;
  }

  @Override
  public void upload(FloatBuffer source, Buffer destination) {
    CpuBuffer to = CpuBuffer.of(destination);
    source.get(CpuBuffer.floats(to), to.offset(), to.size());
  }

  @Override
  public void upload(IntBuffer source, Buffer destination) {
    CpuBuffer to = CpuBuffer.of(destination);
    source.get(CpuBuffer.ints(to), to.offset(), to.size());
  }

  @Override
  public void download(Buffer source, FloatBuffer destination) {
    CpuBuffer from = CpuBuffer.of(source);
    destination.put(CpuBuffer.floats(from), from.offset(), from.size());
  }

  @Override
  public void download(Buffer source, IntBuffer destination) {
    CpuBuffer from = CpuBuffer.of(source);
    destination.put(CpuBuffer.ints(from), from.offset(), from.size());
  }

  @Override
  public void fill(Buffer buffer, float value) {
    CpuBuffer to = CpuBuffer.of(buffer);
    int end = to.offset() + to.size();
    if (to.dtype() == DType.FLOAT32) {
      Arrays.fill(CpuBuffer.floats(to), to.offset(), end, value);
    } else {
      Arrays.fill(CpuBuffer.ints(to), to.offset(), end, (int) value);
    }
  }

  @Override
  public void synchronize() {}

  @Override
  public synchronized MemoryStatistics memory() {
    return new MemoryStatistics(used, cached, peak, cap);
  }

  synchronized void close() {
    shelves.clear();
    cached = 0;
    used = 0;
  }
}
