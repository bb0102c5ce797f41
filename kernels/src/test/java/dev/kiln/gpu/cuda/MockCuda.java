package dev.kiln.gpu.cuda;

import dev.kiln.Device;
import dev.kiln.gpu.Requirement;
import dev.kiln.gpu.driver.DriverException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import jcuda.driver.JCudaDriver;

/**
 * The CUDA driver for tests: built from {@code src/test/mock-cuda} when it is first wanted, and
 * from then on the CUDA of this process. See {@code driver.cpp} there for what it can be told.
 */
public final class MockCuda {
  /** What build.sh ends with where there is no g++. */
  private static final int NO_COMPILER = 3;

  private static boolean installed;

  private MockCuda() {}

  /** The order in which the groups of a launch run, and the threads of a group. */
  public enum Order {
    FORWARD,
    REVERSED,
    RANDOM
  }

  /** The numbers that the mock takes as limits of cuCtxSetLimit. */
  private enum Setting {
    ORDER,
    MEMORY,
    DEVICES,
    DRIVER_VERSION,
    DEFERRED,
    FAILING_LAUNCH,
    SUBMISSIONS,
    CAPABILITY,
    REFUSED_GRAPH,
    HELD,
    REFUSED,
    STALLED,
    WAITING;

    private static final int FIRST = 0x4B10;

    private void set(long value) {
      int result = JCudaDriver.cuCtxSetLimit(FIRST + ordinal(), value);
      if (result != 0) {
        throw new DriverException("the mock CUDA driver does not know the setting " + this);
      }
    }

    private long get() {
      long[] value = new long[1];
      JCudaDriver.cuCtxGetLimit(value, FIRST + ordinal());
      return value[0];
    }
  }

  /**
   * Makes the mock this process's CUDA, building it if need be; to be called before anything else
   * asks for CUDA. Without g++ the test is skipped, or fails if {@code -Dkiln.require} names {@code
   * cuda-mock}.
   */
  public static synchronized void install() {
    if (installed) {
      return;
    }
    System.setProperty("kiln.cuda.library", library().toString());
    String problem = CudaLibrary.problem();
    if (problem != null) {
      throw new IllegalStateException("the mock CUDA driver was built, but " + problem);
    }
    installed = true;
  }

  /** A device of the mock, each of whose launches runs in an order of its own. */
  static Device open() {
    install();
    order(Order.RANDOM);
    return Device.open("cuda");
  }

  /** The built libcuda.so.1, for {@code -Dkiln.cuda.library} of another process. */
  public static Path library() {
    if (!System.getProperty("os.name").equals("Linux")) {
      throw Requirement.missing("cuda-mock", "it is made for Linux");
    }
    Path module = moduleFolder();
    Path folder = module.resolve("target/mock-cuda");
    build(
        module.resolve("src/test/mock-cuda/build.sh"),
        folder,
        module.resolve("src/main/resources/dev/kiln/gpu"),
        module.resolve("src/test/resources/dev/kiln/gpu/catalog"));
    return folder.resolve("libcuda.so.1");
  }

  private static void build(Path script, Path folder, Path programs, Path testPrograms) {
    try {
      Process process =
          new ProcessBuilder(
                  "bash",
                  script.toString(),
                  folder.toString(),
                  programs.toString(),
                  testPrograms.toString())
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      if (exit == NO_COMPILER) {
        throw Requirement.missing("cuda-mock", output.strip());
      }
      if (exit != 0) {
        throw new IllegalStateException("the mock CUDA driver does not build:\n" + output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the mock CUDA driver was built", e);
    }
  }

  /** The kernels module: this class lies in its target folder, by itself or in a jar. */
  private static Path moduleFolder() {
    try {
      Path classes =
          Path.of(MockCuda.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return classes.resolve("../..").normalize();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** In which order every launch from now on runs. */
  public static void order(Order order) {
    Setting.ORDER.set(order.ordinal());
  }

  /** How much memory the device has; what is allocated stays. */
  public static void memory(long bytes) {
    Setting.MEMORY.set(bytes);
  }

  static void devices(int count) {
    Setting.DEVICES.set(count);
  }

  static void driverVersion(int version) {
    Setting.DRIVER_VERSION.set(version);
  }

  /** Whether queued work runs only when somebody waits for it. */
  static void deferred(boolean deferred) {
    Setting.DEFERRED.set(deferred ? 1 : 0);
  }

  /** Makes the count-th launch from now fail; 0 takes it back. */
  public static void failLaunch(int count) {
    Setting.FAILING_LAUNCH.set(count);
  }

  /** How many calls have queued something, launches and copies and whole graphs alike. */
  public static long submissions() {
    return Setting.SUBMISSIONS.get();
  }

  /**
   * How many allocations, pinned ones too, streams, events, modules and graphs there are in all,
   * and how many hold the context.
   */
  static long held() {
    return Setting.HELD.get();
  }

  /** The compute capability of the first device, as major * 10 + minor. */
  static void capability(int capability) {
    Setting.CAPABILITY.set(capability);
  }

  /** Lets the count-th launch of a graph from now find no memory; 0 takes it back. */
  static void refuseGraph(int count) {
    Setting.REFUSED_GRAPH.set(count);
  }

  /** Lets the count-th call from now that makes any of {@link #held} fail; 0 takes it back. */
  static void refuse(int count) {
    Setting.REFUSED.set(count);
  }

  /** Whether the device does nothing: who waits for it waits until this is taken back. */
  static void stalled(boolean stalled) {
    Setting.STALLED.set(stalled ? 1 : 0);
  }

  /** How many threads wait for a device that is stalled. */
  static long waiting() {
    return Setting.WAITING.get();
  }

  /** Back to what a fresh process has; nothing where the mock is not installed. */
  public static synchronized void reset() {
    if (!installed) {
      return;
    }
    order(Order.FORWARD);
    memory(8L << 30);
    devices(1);
    driverVersion(12060);
    stalled(false);
    deferred(false);
    failLaunch(0);
    capability(75);
    refuseGraph(0);
    refuse(0);
  }
}
