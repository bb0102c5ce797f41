package dev.kiln.cpu;

import dev.kiln.DType;
import dev.kiln.backend.Buffer;
import org.jspecify.annotations.Nullable;

/** A run of elements in a Java array. */
final class CpuBuffer implements Buffer {
  private final Object array;
  private final int offset;
  private final int size;
  private final boolean pooled;
  private final CpuBuffer whole;

  /**
   * All of an array.
   *
   * @param array a {@code float[]} or an {@code int[]}
   * @param pooled whether the array is the pool's to use again
   */
  CpuBuffer(Object array, int size, boolean pooled) {
    this.pooled = pooled;
    this.array = array;
    this.offset = 0;
    this.size = size;
    this.whole = this;
  }

  private CpuBuffer(CpuBuffer whole, int offset, int size) {
    this.pooled = false;
    this.array = whole.array;
    this.offset = offset;
    this.size = size;
    this.whole = whole;
  }

  CpuBuffer view(int from, int count) {
    return new CpuBuffer(whole, offset + from, count);
  }

  static CpuBuffer of(Buffer buffer) {
    return (CpuBuffer) buffer;
  }

  static float[] floats(Buffer buffer) {
    return (float[]) of(buffer).array;
  }

  static int[] ints(Buffer buffer) {
    return (int[]) of(buffer).array;
  }

  static int offset(Buffer buffer) {
    return of(buffer).offset;
  }

  /**
   * Where in the array the elements end that a loop over this buffer may leave anything in: behind
   * the buffer's own ones, unless they are a part of others or the array came from outside.
   */
  static int end(Buffer buffer) {
    CpuBuffer of = of(buffer);
    return of.pooled ? floats(of).length : of.offset + of.size;
  }

  static float @Nullable [] floatsOrNull(@Nullable Buffer buffer) {
    return buffer == null ? null : floats(buffer);
  }

  static int offsetOrZero(@Nullable Buffer buffer) {
    return buffer == null ? 0 : offset(buffer);
  }

  Object array() {
    return array;
  }

  int offset() {
    return offset;
  }

  boolean pooled() {
    return pooled;
  }

  @Override
  public DType dtype() {
    return array instanceof float[] ? DType.FLOAT32 : DType.INT32;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public CpuBuffer whole() {
    return whole;
  }
}
