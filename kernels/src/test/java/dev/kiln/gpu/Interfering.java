package dev.kiln.gpu;

import dev.kiln.gpu.driver.Command;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.Driver;
import dev.kiln.gpu.driver.DriverException;
import dev.kiln.gpu.driver.DriverInfo;
import dev.kiln.gpu.driver.Grid;
import dev.kiln.gpu.driver.Kernel;
import dev.kiln.gpu.driver.KernelProgram;
import dev.kiln.gpu.driver.Prepared;
import java.nio.Buffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A driver whose kernels can be told to fail, to do nothing or to take their time, by program. */
final class Interfering implements Driver {
  /** What becomes of a launch. */
  interface Fault {
    /** Returns whether to launch it. */
    boolean launches(String program) throws InterruptedException;
  }

  private final Driver driver;
  private final Map<Kernel, String> programs = Collections.synchronizedMap(new IdentityHashMap<>());

  /** Programs that do not build begin with this. */
  volatile String broken = "none";

  volatile Fault fault = program -> true;

  /** The programs of all launches, and of those of the last recording. */
  final List<String> launched = Collections.synchronizedList(new ArrayList<>());

  /** The programs that were built, in that order. */
  final Set<String> built = Collections.synchronizedSet(new LinkedHashSet<>());

  final List<String> recorded = new ArrayList<>();

  Interfering(Driver driver) {
    this.driver = driver;
  }

  @Override
  public Kernel kernel(KernelProgram program, String name) {
    if (program.name().startsWith(broken)) {
      throw new DriverException("clBuildProgram " + program.name() + ": no\nmore lines");
    }
    Kernel kernel = driver.kernel(program, name);
    programs.put(kernel, program.name());
    built.add(program.name());
    return kernel;
  }

  @Override
  public void launch(Kernel kernel, Grid grid, @Nullable Object... arguments) {
    String program = programs.getOrDefault(kernel, "");
    launched.add(program);
    try {
      if (fault.launches(program)) {
        driver.launch(kernel, grid, arguments);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Prepared prepare(List<Command> commands, @Nullable DeviceMemory numbers) {
    recorded.clear();
    for (Command command : commands) {
      if (command instanceof Command.Launch launch) {
        recorded.add(programs.getOrDefault(launch.kernel(), ""));
      }
    }
    return driver.prepare(commands, numbers);
  }

  @Override
  public DriverInfo info() {
    return driver.info();
  }

  @Override
  public DeviceMemory allocate(long bytes) {
    return driver.allocate(bytes);
  }

  @Override
  public DeviceMemory view(DeviceMemory memory, long offset, long bytes) {
    return driver.view(memory, offset, bytes);
  }

  @Override
  public void free(DeviceMemory memory) {
    driver.free(memory);
  }

  @Override
  public void upload(Buffer source, DeviceMemory destination) {
    driver.upload(source, destination);
  }

  @Override
  public void download(DeviceMemory source, Buffer destination) {
    driver.download(source, destination);
  }

  @Override
  public void copy(DeviceMemory source, DeviceMemory destination, long bytes) {
    driver.copy(source, destination, bytes);
  }

  @Override
  public void fill(DeviceMemory memory, int pattern, long bytes) {
    driver.fill(memory, pattern, bytes);
  }

  @Override
  public void synchronize() {
    driver.synchronize();
  }

  @Override
  public void close() {
    driver.close();
  }
}
