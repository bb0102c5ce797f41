package dev.kiln.gpu.driver;

import org.jspecify.annotations.Nullable;

/** What a {@link Driver} can be asked to queue, as a value: see {@link Driver#prepare}. */
public sealed interface Command {
  /** {@link Driver#launch}. */
  record Launch(Kernel kernel, Grid grid, @Nullable Object[] arguments) implements Command {}

  /** {@link Driver#copy}. */
  record Copy(DeviceMemory source, DeviceMemory destination, long bytes) implements Command {}

  /** {@link Driver#fill}. */
  record Fill(DeviceMemory memory, int pattern, long bytes) implements Command {}
}
