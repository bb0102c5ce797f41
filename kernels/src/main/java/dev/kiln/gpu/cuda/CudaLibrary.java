package dev.kiln.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuDeviceGetCount;
import static jcuda.driver.JCudaDriver.cuDriverGetVersion;
import static jcuda.driver.JCudaDriver.cuInit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/**
 * The CUDA driver's library and JCuda's bridge to it: loaded once, or known for good not to load.
 *
 * <p>{@code -Dkiln.cuda.library=FILE} loads this file as libcuda first.
 */
final class CudaLibrary {
  /**
   * CUDA 12.0, which came with driver 525. JCuda binds functions when they are first called, and a
   * function that the driver lacks ends the process: so nothing is called before this is known.
   */
  private static final int OLDEST_VERSION = 12000;

  private static final String OLDEST_DRIVER = "525";

  /** Why nothing can be called; null where the library is loaded. */
  private static final @Nullable String LINK_PROBLEM = link();

  private CudaLibrary() {}

  /** One sentence on why CUDA is not usable, or null where it has a device. */
  static @Nullable String problem() {
    if (LINK_PROBLEM != null) {
      return LINK_PROBLEM;
    }
    if (version() < OLDEST_VERSION) {
      return "the NVIDIA driver is too old: it knows CUDA "
          + versionText(version())
          + " and Kiln needs CUDA "
          + versionText(OLDEST_VERSION)
          + ", which is driver "
          + OLDEST_DRIVER
          + " or newer";
    }
    int result = cuInit(0);
    if (result == CUresult.CUDA_ERROR_NO_DEVICE) {
      return "the NVIDIA driver is there, but finds no device (cuInit: CUDA_ERROR_NO_DEVICE)";
    }
    if (result != CUresult.CUDA_SUCCESS) {
      return CudaCall.message("cuInit", result);
    }
    return deviceCount() == 0 ? "the NVIDIA driver is there, but lists no device" : null;
  }

  /** To be asked only where there is no {@link #problem()}. */
  static int deviceCount() {
    int[] count = new int[1];
    CudaCall.check(cuDeviceGetCount(count), "cuDeviceGetCount");
    return count[0];
  }

  /** The newest CUDA that the driver knows, as major * 1000 + minor * 10. */
  static int version() {
    int[] version = new int[1];
    CudaCall.check(cuDriverGetVersion(version), "cuDriverGetVersion");
    return version[0];
  }

  static String versionText(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  private static @Nullable String link() {
    String library = System.getProperty("kiln.cuda.library");
    try {
      if (library != null) {
        System.load(Path.of(library).toAbsolutePath().toString());
      }
    } catch (LinkageError e) {
      return "-Dkiln.cuda.library=" + library + " cannot be loaded: " + e.getMessage();
    }
    try {
      initializeJCuda();
      return null;
    } catch (LinkageError e) {
      return linkProblem(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return "no private folder for JCuda's library: " + e;
    }
  }

  /**
   * JCuda unpacks its library into {@code java.io.tmpdir} under a name that everybody knows, and
   * trusts a file that it finds there. So while its class is initialized, that is a fresh folder
   * which only its owner can write to.
   */
  private static void initializeJCuda() throws IOException {
    Path folder = Files.createTempDirectory("kiln-jcuda").toAbsolutePath();
    String before = System.getProperty("java.io.tmpdir");
    System.setProperty("java.io.tmpdir", folder.toString());
    try {
      JCudaDriver.setExceptionsEnabled(false);
    } finally {
      System.setProperty("java.io.tmpdir", before);
      delete(folder);
    }
  }

  /** What is loaded stays loaded; Windows keeps such a file until the process ends, and after. */
  private static void delete(Path folder) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> paths = Files.walk(folder)) {
      deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      if (!path.toFile().delete()) {
        path.toFile().deleteOnExit();
      }
    }
  }

  /** JCuda nests two stack traces in its message: what matters is which file the linker missed. */
  private static String linkProblem(String message) {
    String library =
        System.getProperty("os.name").startsWith("Windows") ? "nvcuda.dll" : "libcuda.so.1";
    if (message.contains(library) || library.endsWith(".dll")) {
      return library
          + ", the NVIDIA driver's library, was not found: no NVIDIA driver is installed";
    }
    String reason =
        message
            .lines()
            .filter(line -> line.matches("\\S*(Error|Exception): .*"))
            .findFirst()
            .orElse("");
    return "JCuda's own library cannot be loaded: " + reason;
  }
}
