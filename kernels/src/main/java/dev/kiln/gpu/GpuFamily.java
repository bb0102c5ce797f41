package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.Driver;
import dev.kiln.gpu.driver.Grid;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What an op family of the GPU backend stands on. */
interface GpuFamily {
  Driver driver();

  /**
   * Buffers, and temporary workspace: a block may be released right after the launch that uses it,
   * since the queue is in order.
   */
  MemoryPool pool();

  KernelLibrary kernels();

  /** Whether to take kernels without local memory and barriers, for CPUs behind OpenCL. */
  boolean cpuKernels();

  /** Whether to take those of them with explicit vectors, which only OpenCL compiles. */
  default boolean wideKernels() {
    return cpuKernels() && driver().info().computeCapability() == 0;
  }

  /**
   * Queues one launch; nothing where the grid is empty.
   *
   * @param program a line of {@code programs.txt}
   * @param arguments one per parameter: a {@link Buffer} or {@link DeviceMemory}, {@code null} for
   *     a null pointer, an {@link Integer} or a {@link Float}
   */
  default void launch(String program, String kernel, Grid grid, @Nullable Object... arguments) {
    if (grid.isEmpty()) {
      return;
    }
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i] instanceof GpuBuffer) {
        arguments[i] = ((GpuBuffer) arguments[i]).memory();
      }
    }
    driver().launch(kernels().kernel(program, kernel), grid, arguments);
  }

  /**
   * Where a launch finds the numbers that change from run to run of a recording.
   *
   * @param spec whose numbers they are
   * @param words makes them of such a spec, floats as their bits
   */
  <S> GivenNumbers given(S spec, Function<S, int[]> words);

  /** As many groups of the program's {@code WG} as {@code items} need. */
  default Grid covering(String program, long items) {
    return Grid.covering(items, kernels().tunable(program, "WG"));
  }

  /** The device memory of a buffer of this backend; what {@link #launch} does for its arguments. */
  static DeviceMemory memory(Buffer buffer) {
    return ((GpuBuffer) buffer).memory();
  }
}
