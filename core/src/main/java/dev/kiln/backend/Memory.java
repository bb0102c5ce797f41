package dev.kiln.backend;

import dev.kiln.DType;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/** Allocation and transfer. */
public interface Memory {
  /**
   * @return a buffer with undefined contents, aligned to {@link #alignment}
   * @throws dev.kiln.OutOfDeviceMemoryException when the device has no more, even after the pool
   *     gave back what it cached; names the device, the request, what is free, the largest holders
   */
  Buffer allocate(DType dtype, int size);

  /**
   * A buffer over {@code array} itself where the backend's memory is Java arrays (then writes show
   * on both sides), else over a copy of it.
   */
  Buffer adopt(float[] array);

  /** Like {@link #adopt(float[])}, for labels and indices. */
  Buffer adopt(int[] array);

  /**
   * A window on {@code buffer} that shares its memory. Views are not released on their own; they
   * end with the buffer they look into.
   *
   * @param offset first element, a multiple of {@link #alignment}
   */
  Buffer view(Buffer buffer, int offset, int size);

  /** Gives the memory of an allocated (or adopted) buffer back to the pool. */
  void release(Buffer buffer);

  /** Where a view may begin: multiples of this many elements. */
  int alignment();

  /** Copies {@code source.remaining()} elements, which are the size of the buffer. */
  void upload(FloatBuffer source, Buffer destination);

  void upload(IntBuffer source, Buffer destination);

  /** Waits for the buffer's value and copies it out; the destination's position advances. */
  void download(Buffer source, FloatBuffer destination);

  void download(Buffer source, IntBuffer destination);

  /** Every element becomes {@code value}; an int32 buffer takes its integer part. */
  void fill(Buffer buffer, float value);

  /** Waits until everything that was called has been done. */
  void synchronize();

  /** What the pool holds now. */
  MemoryStatistics memory();
}
