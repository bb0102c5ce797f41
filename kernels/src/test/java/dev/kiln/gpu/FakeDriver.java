package dev.kiln.gpu;

import dev.kiln.gpu.driver.Command;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.DeviceMemoryException;
import dev.kiln.gpu.driver.Driver;
import dev.kiln.gpu.driver.DriverInfo;
import dev.kiln.gpu.driver.Grid;
import dev.kiln.gpu.driver.Kernel;
import dev.kiln.gpu.driver.KernelProgram;
import dev.kiln.gpu.driver.Prepared;
import java.nio.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A device of so many bytes that only counts: what the pool and the buffers ask of a driver. */
final class FakeDriver implements Driver {
  final long capacity;
  final List<Memory> live = new ArrayList<>();
  int allocations;

  FakeDriver(long capacity) {
    this.capacity = capacity;
  }

  record Memory(long bytes, @Nullable Memory root) implements DeviceMemory {
    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  long bytes() {
    return live.stream().filter(memory -> memory.root() == null).mapToLong(Memory::bytes).sum();
  }

  @Override
  public DriverInfo info() {
    return new DriverInfo(
        "Fake", "Paper GPU", "nobody", "1", false, 1, capacity, capacity, 0, 256, 64, 0, 1);
  }

  @Override
  public DeviceMemory allocate(long bytes) {
    if (bytes() + bytes > capacity) {
      throw new DeviceMemoryException("the paper is full");
    }
    allocations++;
    return add(new Memory(bytes, null));
  }

  private Memory add(Memory memory) {
    live.add(memory);
    return memory;
  }

  @Override
  public DeviceMemory view(DeviceMemory memory, long offset, long bytes) {
    return add(new Memory(bytes, (Memory) memory));
  }

  @Override
  public void free(DeviceMemory memory) {
    if (!live.remove(memory)) {
      throw new IllegalStateException("freed twice");
    }
  }

  @Override
  public void upload(Buffer source, DeviceMemory destination) {}

  @Override
  public void download(DeviceMemory source, Buffer destination) {}

  @Override
  public void copy(DeviceMemory source, DeviceMemory destination, long bytes) {}

  @Override
  public void fill(DeviceMemory memory, int pattern, long bytes) {}

  @Override
  public Kernel kernel(KernelProgram program, String name) {
    return () -> name;
  }

  @Override
  public void launch(Kernel kernel, Grid grid, @Nullable Object... arguments) {}

  @Override
  public Prepared prepare(List<Command> commands, @Nullable DeviceMemory numbers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void synchronize() {}

  @Override
  public void close() {
    live.clear();
  }
}
