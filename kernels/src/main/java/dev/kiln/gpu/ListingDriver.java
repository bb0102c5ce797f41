package dev.kiln.gpu;

import dev.kiln.gpu.driver.Command;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.Driver;
import dev.kiln.gpu.driver.DriverInfo;
import dev.kiln.gpu.driver.Grid;
import dev.kiln.gpu.driver.Kernel;
import dev.kiln.gpu.driver.KernelProgram;
import dev.kiln.gpu.driver.Prepared;
import java.nio.Buffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lists what it is asked to queue instead of queueing it. Memory comes from another driver's pool
 * and stays taken until {@link #giveBack}, for the list goes on to use it.
 */
final class ListingDriver implements Driver {
  private final Driver driver;
  private final MemoryPool pool;
  private final List<Command> commands = new ArrayList<>();
  private final Set<DeviceMemory> blocks = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<DeviceMemory> freed = new ArrayList<>();

  /**
   * @param driver whose commands these are
   * @param pool that of {@code driver}
   */
  ListingDriver(Driver driver, MemoryPool pool) {
    this.driver = driver;
    this.pool = pool;
  }

  List<Command> commands() {
    return commands;
  }

  @Override
  public DriverInfo info() {
    return driver.info();
  }

  @Override
  public DeviceMemory allocate(long bytes) {
    DeviceMemory block = pool.allocate(bytes);
    blocks.add(block);
    return block;
  }

  @Override
  public DeviceMemory view(DeviceMemory memory, long offset, long bytes) {
    return driver.view(memory, offset, bytes);
  }

  @Override
  public void free(DeviceMemory memory) {
    freed.add(memory);
  }

  /** Frees what was freed here; what was not is in use, and goes back to the pool by itself. */
  void giveBack() {
    for (DeviceMemory memory : freed) {
      if (blocks.contains(memory)) {
        pool.release(memory);
      } else {
        driver.free(memory);
      }
    }
    freed.clear();
  }

  @Override
  public void copy(DeviceMemory source, DeviceMemory destination, long bytes) {
    commands.add(new Command.Copy(source, destination, bytes));
  }

  @Override
  public void fill(DeviceMemory memory, int pattern, long bytes) {
    commands.add(new Command.Fill(memory, pattern, bytes));
  }

  @Override
  public Kernel kernel(KernelProgram program, String name) {
    return driver.kernel(program, name);
  }

  @Override
  public void launch(Kernel kernel, Grid grid, @Nullable Object... arguments) {
    if (!grid.isEmpty()) {
      commands.add(new Command.Launch(kernel, grid, arguments.clone()));
    }
  }

  @Override
  public void upload(Buffer source, DeviceMemory destination) {
    throw cannot("upload");
  }

  @Override
  public void download(DeviceMemory source, Buffer destination) {
    throw cannot("download");
  }

  @Override
  public void synchronize() {
    throw cannot("synchronize");
  }

  @Override
  public Prepared prepare(List<Command> list, @Nullable DeviceMemory numbers) {
    throw cannot("prepare");
  }

  @Override
  public void close() {
    throw cannot("close");
  }

  private static IllegalStateException cannot(String call) {
    return new IllegalStateException(call + " cannot be part of a recording");
  }
}
