package dev.kiln.gpu.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Device;
import dev.kiln.cases.CaseCheck;
import dev.kiln.cases.Cases;
import dev.kiln.cases.OpCase;
import dev.kiln.gpu.Requirement;
import dev.kiln.gpu.TestPrograms;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.DeviceMemoryException;
import dev.kiln.gpu.driver.Grid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    for (Watched watched : List.of(start(EveryCase.class, "cpu"), start(EveryCase.class, "gpu"))) {
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
    Watched watched = start(Planted.class, kernel);
    watched.process().waitFor();
    assertThat(watched.findings()).contains(finding);
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

    private String findings() throws IOException {
      return Files.exists(file(".log")) ? Files.readString(file(".log")) : "";
    }
  }

  private static Watched start(Class<?> main, String argument) throws IOException {
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
            "-Dkiln.gpu.kernels=" + argument,
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

  /** Runs one wrong kernel on buffers of a group's size, the last of them one element short. */
  static final class Planted {
    private static final int GROUP = 64;

    private Planted() {}

    public static void main(String[] arguments) throws DeviceMemoryException {
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
