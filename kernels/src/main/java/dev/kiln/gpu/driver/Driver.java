package dev.kiln.gpu.driver;

import java.nio.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One GPU behind one API: memory, copies, programs and launches, and nothing about tensors.
 *
 * <p>All work goes into a single in-order queue: whatever is called later sees what was called
 * earlier. Calls may come from any thread; the caller keeps the order he needs. Sizes and offsets
 * are in bytes, multiples of 4. A transfer, fill or view of no bytes and a launch of an empty grid
 * are legal and do nothing.
 *
 * <p>Programming mistakes (memory too small, a freed memory, a wrong argument) throw {@link
 * IllegalArgumentException} or {@link IllegalStateException}; whatever the device or its API
 * reports throws {@link DriverException} naming the call.
 */
public interface Driver extends AutoCloseable {
  DriverInfo info();

  /**
   * Memory with undefined contents, aligned to {@link DriverInfo#alignmentBytes()}.
   *
   * @param bytes 0 or more; memory of no bytes is legal and can be passed on like any other
   * @throws DeviceMemoryException if the device has no more; the driver stays usable
   */
  DeviceMemory allocate(long bytes);

  /**
   * A part of {@code memory} that shares its bytes. The view dies with the memory at the latest.
   *
   * @param offset a multiple of {@link DriverInfo#alignmentBytes()}
   */
  DeviceMemory view(DeviceMemory memory, long offset, long bytes);

  /**
   * Gives an allocation back once the work queued so far is done, or lets go of a view, whose
   * memory lives on. Freeing twice is an error.
   */
  void free(DeviceMemory memory);

  /**
   * Copies {@code source} from its position to its limit to the start of {@code destination}. When
   * the call returns, {@code source} may be changed; its position stays.
   *
   * @param source a {@code FloatBuffer} or {@code IntBuffer}, on the heap or direct
   */
  void upload(Buffer source, DeviceMemory destination);

  /**
   * Fills {@code destination} from its position to its limit from the start of {@code source}, and
   * returns when it is there; the position stays.
   *
   * @param destination a {@code FloatBuffer} or {@code IntBuffer}, on the heap or direct
   */
  void download(DeviceMemory source, Buffer destination);

  /** Copies the first {@code bytes} of {@code source}; the two must not overlap. */
  void copy(DeviceMemory source, DeviceMemory destination, long bytes);

  /** Writes {@code pattern} into every 4-byte word of the first {@code bytes}. */
  void fill(DeviceMemory memory, int pattern, long bytes);

  /**
   * A kernel of {@code program}, which is built or loaded on its first use and kept.
   *
   * @throws DriverException if the program does not build; the message holds the build log
   * @throws DeviceMemoryException if the device has no memory for it; the driver stays usable
   */
  Kernel kernel(KernelProgram program, String name);

  /**
   * Queues one launch.
   *
   * @param arguments one per parameter: a {@link DeviceMemory}, {@code null} for a null pointer, an
   *     {@link Integer} or a {@link Float}
   */
  void launch(Kernel kernel, Grid grid, @Nullable Object... arguments);

  /**
   * Makes commands ready to be queued again and again, in this order. Nothing is queued yet; memory
   * that they name is to live as long as what is returned.
   *
   * @param numbers memory that each run fills before its first command with the numbers that it is
   *     given; null for none
   * @throws DeviceMemoryException if the device has no memory for it; the driver stays usable
   */
  Prepared prepare(List<Command> commands, @Nullable DeviceMemory numbers);

  /** Waits until all queued work is done, and reports what went wrong in it. */
  void synchronize();

  /** Waits for the queued work, then gives everything back that this driver still holds. */
  @Override
  void close();
}
