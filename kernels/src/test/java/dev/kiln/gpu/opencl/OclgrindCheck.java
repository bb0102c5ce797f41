package dev.kiln.gpu.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Device;
import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.CrossEntropySpec;
import dev.kiln.backend.Rows;
import dev.kiln.cases.CaseCheck;
import dev.kiln.cases.Cases;
import dev.kiln.cases.OpCase;
import dev.kiln.gpu.Requirement;
import dev.kiln.gpu.TestPrograms;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.Grid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every small case on oclgrind, an OpenCL that watches each access for data races and bounds. Too
 * slow for every build: {@code src/test/oclgrind.sh} runs it.
 *
 * <p>It is not made for more than one device or thread, and crashes on components of a float4 when
 * it looks for uninitialized reads: so each run has a process of its own, and that search is left
 * to the mock CUDA driver's NaNs.
 */
class OclgrindCheck {
  private static final Path LIBRARY =
      Path.of(System.getProperty("kiln.oclgrind", "/usr/lib/oclgrind/liboclgrind-rt-icd.so"));

  private static final Path FOLDER = Path.of("target", "oclgrind").toAbsolutePath();

  @Test
  void noKernelRacesOrLeavesItsBuffers() throws IOException, InterruptedException {
    for (Watched watched :
        List.of(start(EveryCase.class, "cpu", "cpu"), start(EveryCase.class, "gpu", "gpu"))) {
      assertThat(watched.process().waitFor()).as(watched.output()).isZero();
      assertThat(watched.findings()).isEmpty();
      assertThat(watched.output()).containsPattern("\\b[1-9]\\d\\d cases passed");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "write_past_end, Invalid write",
    "missing_barrier, data race",
    "missing_second_barrier, data race"
  })
  void plantedFaultsAreFound(String kernel, String finding)
      throws IOException, InterruptedException {
    Watched watched = start(Planted.class, "gpu", kernel);
    watched.process().waitFor();
    assertThat(watched.findings()).contains(finding);
  }

  /** Rows that a team keeps: by oclgrind's count of what was loaded, not twice. */
  @Test
  void rowsAreReadOnce() throws IOException, InterruptedException {
    Watched watched = start(RowKernels.class, "gpu", "rows");
    assertThat(watched.process().waitFor()).as(watched.output()).isZero();
    assertThat(watched.findings()).isEmpty();
    for (String kernel : List.of("softmax", "log_softmax", "cross_entropy", "layer_norm")) {
      // what is not of a row is read by each work-item that shares one
      long gradients = kernel.equals("cross_entropy") ? 1 : 2;
      assertThat(watched.loaded(kernel))
          .as(kernel)
          .isBetween(RowKernels.BYTES, RowKernels.BYTES * 3 / 2);
      assertThat(watched.loaded(kernel + "_gradient"))
          .as("%s_gradient", kernel)
          .isBetween(gradients * RowKernels.BYTES, gradients * RowKernels.BYTES * 3 / 2);
    }
  }

  /**
   * A row longer than a team keeps: what is left of it once for the sum of its exponentials, and
   * once more where each element has a result.
   */
  @Test
  void longRowsAreReadAgainForTheirResultsAlone() throws IOException, InterruptedException {
    Watched watched = start(RowKernels.class, "gpu", "long-rows");
    assertThat(watched.process().waitFor()).as(watched.output()).isZero();
    assertThat(watched.findings()).isEmpty();
    long once = 4L * RowKernels.LONG;
    long again = 4L * (RowKernels.LONG - RowKernels.KEPT);
    for (String kernel : List.of("softmax", "log_softmax", "cross_entropy_gradient")) {
      assertThat(watched.loaded(kernel))
          .as(kernel)
          .isBetween(once + again, (once + again) * 11 / 10);
    }
    assertThat(watched.loaded("cross_entropy")).isBetween(once, once * 11 / 10);
  }

  /**
   * A process under oclgrind: what it says goes into NAME.out, what oclgrind says into NAME.log.
   */
  private record Watched(Process process, String name) {
    private Path file(String ending) {
      return FOLDER.resolve(name + ending);
    }

    private String output() throws IOException {
      return Files.readString(file(".out"));
    }

    /** Bytes of buffers that a kernel has loaded, over all its launches. */
    private long loaded(String kernel) throws IOException {
      long bytes = 0;
      Pattern load = Pattern.compile("load global \\((\\d+) bytes\\)");
      for (String launch : output().split("Instructions executed for kernel ")) {
        Matcher found = load.matcher(launch);
        if (launch.startsWith("'" + kernel + "'") && found.find()) {
          bytes += Long.parseLong(found.group(1));
        }
      }
      return bytes;
    }

    private String findings() throws IOException {
      return Files.exists(file(".log")) ? Files.readString(file(".log")) : "";
    }
  }

  /**
   * @param kernels whose kernels a device takes
   */
  private static Watched start(Class<?> main, String kernels, String argument) throws IOException {
    if (!Files.exists(LIBRARY)) {
      throw Requirement.missing("oclgrind", LIBRARY + " is not there");
    }
    Path drivers = Files.createDirectories(FOLDER.resolve("vendors"));
    Files.writeString(drivers.resolve("oclgrind.icd"), LIBRARY + "\n");
    Path log = FOLDER.resolve(argument + ".log");
    Files.deleteIfExists(log);
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dkiln.cases=small",
            "-Dkiln.cache=off",
            "-Dkiln.memory.cache=off",
            "-Dkiln.gpu.kernels=" + kernels,
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            argument);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(FOLDER.resolve(argument + ".out").toFile());
    builder.environment().put("OCL_ICD_VENDORS", drivers.toString());
    builder.environment().put("OCLGRIND_DATA_RACES", "1");
    builder.environment().put("OCLGRIND_NUM_THREADS", "1"); // the processes run side by side
    builder.environment().put("OCLGRIND_LOG", log.toString());
    builder.environment().put("OCLGRIND_INST_COUNTS", main == RowKernels.class ? "1" : "");
    // more than its 32 KiB: it counts the local memory of a kernel twice
    builder.environment().put("OCLGRIND_LOCAL_MEM_SIZE", "65536");
    return new Watched(builder.start(), argument);
  }

  /** Runs every case and ends with 1 if one fails. */
  static final class EveryCase {
    private EveryCase() {}

    public static void main(String[] arguments) {
      List<String> failures = new ArrayList<>();
      int passed = 0;
      try (Device device = Device.open("opencl")) {
        CaseCheck check = new CaseCheck(device);
        for (OpCase opCase : Cases.all().toList()) {
          try {
            check.check(opCase);
            passed++;
          } catch (AssertionError | RuntimeException e) {
            failures.add(opCase + ": " + e);
          }
        }
      }
      System.out.println(passed + " cases passed");
      failures.forEach(System.out::println);
      System.exit(failures.isEmpty() ? 0 : 1);
    }
  }

  /**
   * Launches each kernel that shares rows, on rows in fours, of a prime, and as long as is kept, or
   * on one that is longer.
   */
  static final class RowKernels {
    private static final int[][] SHAPES = {{8, 1000}, {5, 997}, {3, 2048}};

    /** A row, and how much of it is kept: QUADS x 4 for each of 256 work-items. */
    private static final int LONG = 12_000;

    private static final int KEPT = 4096;

    /** What the rows of all shapes take. */
    private static final long BYTES =
        Arrays.stream(SHAPES).mapToLong(shape -> 4L * shape[0] * shape[1]).sum();

    private RowKernels() {}

    public static void main(String[] arguments) {
      try (Backend backend = new OpenClProvider().open("")) {
        int[][] shapes = arguments[0].equals("long-rows") ? new int[][] {{1, LONG}} : SHAPES;
        for (int[] shape : shapes) {
          launchAll(backend, shape[0], shape[1]);
        }
        backend.synchronize();
      }
    }

    private static void launchAll(Backend backend, int count, int n) {
      Rows rows = new Rows(count, n, 1);
      CrossEntropySpec spec = new CrossEntropySpec(rows, -100, 0);
      Buffer x = backend.adopt(new float[count * n]);
      Buffer dy = backend.adopt(new float[count * n]);
      Buffer y = backend.adopt(new float[count * n]);
      Buffer ofRow = backend.adopt(new float[count]);
      Buffer ofRowToo = backend.adopt(new float[count]);
      Buffer target = backend.adopt(new int[count]);
      backend.softmax(rows, x, y);
      backend.softmaxGradient(rows, x, dy, y);
      backend.logSoftmax(rows, x, y);
      backend.logSoftmaxGradient(rows, x, dy, y);
      backend.crossEntropy(spec, x, target, null, ofRow, ofRowToo);
      backend.crossEntropyGradient(spec, x, target, null, ofRow, null, y);
      backend.layerNorm(count, n, 1, x, null, null, y, ofRow, ofRowToo);
      backend.layerNormGradient(count, n, x, dy, null, ofRow, ofRowToo, y, null, null);
    }
  }

  /** Runs one wrong kernel on buffers of a group's size, the last of them one element short. */
  static final class Planted {
    private static final int GROUP = 64;

    private Planted() {}

    public static void main(String[] arguments) {
      String kernel = arguments[0];
      try (OpenClDriver driver = OpenCl.driver(new BinaryCache(null))) {
        DeviceMemory x = driver.allocate(GROUP * 4);
        DeviceMemory y = driver.allocate((GROUP - 1) * 4);
        Object[] parameters =
            kernel.equals("write_past_end") ? new Object[] {y, GROUP - 1} : new Object[] {x, x};
        driver.launch(
            driver.kernel(TestPrograms.program("test_faults"), kernel),
            Grid.of(1, GROUP),
            parameters);
        driver.synchronize();
      }
    }
  }
}
