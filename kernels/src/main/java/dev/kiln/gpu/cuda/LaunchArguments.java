package dev.kiln.gpu.cuda;

import java.nio.ByteBuffer;
import jcuda.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a launch as cuLaunchKernel wants them, an array of pointers to values, made once
 * and filled again for every launch: the driver has copied them when the call returns.
 *
 * <pre>
 *   [ pointer 0 | pointer 1 | ... | pointer 255 | value 0 | value 1 | ... | value 255 ]   8 bytes each
 * </pre>
 */
final class LaunchArguments {
  private static final int SLOTS = 256;
  private static final int SLOT_BYTES = 8;
  private static final int VALUES = SLOTS * SLOT_BYTES;

  private final PinnedMemory memory = PinnedMemory.allocate(2L * VALUES);
  private final ByteBuffer buffer = memory.buffer();

  LaunchArguments() {
    for (int slot = 0; slot < SLOTS; slot++) {
      buffer.putLong(slot * SLOT_BYTES, memory.address() + VALUES + (long) slot * SLOT_BYTES);
    }
  }

  /** Valid until the next call. */
  Pointer of(@Nullable Object[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      Object argument = arguments[i];
      int slot = VALUES + i * SLOT_BYTES;
      if (argument == null) {
        buffer.putLong(slot, 0);
      } else if (argument instanceof CudaMemory memory) {
        buffer.putLong(slot, memory.address());
      } else if (argument instanceof Integer value) {
        buffer.putInt(slot, value);
      } else {
        buffer.putFloat(slot, (Float) argument);
      }
    }
    return memory;
  }

  void close() {
    memory.free();
  }
}
