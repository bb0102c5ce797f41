package dev.kiln.gpu.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.DType;
import dev.kiln.Device;
import dev.kiln.DeviceException;
import dev.kiln.OutOfDeviceMemoryException;
import dev.kiln.gpu.WrongPrograms;
import dev.kiln.gpu.driver.Driver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person reads when OpenCL is not there or does not do. */
class OpenClMessagesTest {
  @TempDir Path folder;

  /** Prints what stands in the way of OpenCL; run in a process of its own. */
  public static final class Problem {
    private Problem() {}

    public static void main(String[] arguments) {
      System.out.println(new OpenClProvider().survey().problem());
      try {
        Device.open("opencl").close();
      } catch (DeviceException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void noPlatform() throws Exception {
    OpenCl.require();
    assertThat(problems("OCL_ICD_VENDORS", folder + "/"))
        .containsExactly(
            "OpenCL is installed but has no platform (no driver registered in"
                + " /etc/OpenCL/vendors)",
            "opencl: OpenCL is installed but has no platform (no driver registered in"
                + " /etc/OpenCL/vendors)");
  }

  @Test
  void noLoader() throws Exception {
    for (String name : List.of("libOpenCL.so", "libOpenCL.so.1")) {
      Files.writeString(folder.resolve(name), "no library at all");
    }
    List<String> problems = problems("LD_LIBRARY_PATH", folder.toString());
    assertThat(problems.get(0)).startsWith("no OpenCL: libOpenCL.so.1 was not found");
    assertThat(problems.get(1)).startsWith("opencl: no OpenCL: libOpenCL.so.1 was not found");
  }

  private static List<String> problems(String variable, String value)
      throws IOException, InterruptedException {
    ProcessBuilder child =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Problem.class.getName());
    child.environment().put(variable, value);
    child.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = child.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said.lines().toList();
  }

  @Test
  void noSuchDevice() {
    OpenCl.require();
    for (String selector : List.of("7", "x", "-1", "99999999999")) {
      assertThatThrownBy(() -> Device.open("opencl:" + selector))
          .isInstanceOf(DeviceException.class)
          .hasMessageStartingWith("opencl:" + selector + " is not there. OpenCL has opencl:0 (");
    }
  }

  @Test
  void aColonWithoutANumberOrZerosBeforeItAreNoName() {
    for (String api : List.of("opencl", "cuda")) {
      for (String selector : List.of("", "00", "01", "0012")) {
        String meant = selector.isEmpty() ? "0" : "" + Integer.parseInt(selector);
        assertThatThrownBy(() -> Device.open(api + ":" + selector))
            .isInstanceOf(DeviceException.class)
            .hasMessage(
                "Device.open: \"%1$s:%2$s\" is no device's name: write %1$s:%3$s, or %1$s for the"
                    + " first",
                api, selector, meant);
      }
    }
    for (String id : List.of("CUDA", " opencl", "OpenCL:0", "")) {
      assertThatThrownBy(() -> Device.open(id))
          .isInstanceOf(DeviceException.class)
          .hasMessageStartingWith("Device.open: \"" + id + "\" is of no known API");
    }
  }

  @Test
  void aKernelThatDoesNotCompile() {
    try (Driver driver = OpenCl.driver(new BinaryCache(folder))) {
      assertThatThrownBy(() -> driver.kernel(WrongPrograms.undeclared(), "double_it"))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("program undeclared does not compile on " + driver.info().name())
          .hasMessageContaining("CL_BUILD_PROGRAM_FAILURE")
          .hasMessageContaining("at undeclared.cl:5: if (i < n) y[i] = 2 * z[i];")
          .hasMessageContaining("undeclared identifier 'z'");
    }
  }

  @Test
  void outOfMemory() {
    try (Device device = OpenCl.open()) {
      assertThatThrownBy(() -> allocateWithoutEnd(device))
          .isInstanceOf(OutOfDeviceMemoryException.class)
          .hasMessageContaining(device.info().name())
          .hasMessageContaining("8.0 GiB asked for");
    }
  }

  private static void allocateWithoutEnd(Device device) {
    for (int i = 0; i < 10_000; i++) {
      device.backend().allocate(DType.FLOAT32, Integer.MAX_VALUE);
    }
  }
}
