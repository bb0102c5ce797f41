package dev.kiln.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.DeviceException;
import dev.kiln.backend.Backend;
import dev.kiln.backend.DeviceInfo;
import dev.kiln.backend.DeviceSurvey;
import dev.kiln.gpu.driver.KernelProgram;
import dev.kiln.gpu.driver.ProgramCatalog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CudaProviderTest {
  private final CudaProvider provider = new CudaProvider();

  CudaProviderTest() {
    MockCuda.install();
  }

  @AfterEach
  void reset() {
    MockCuda.reset();
  }

  @Test
  void aDeviceIsListedWithWhatItIs() {
    DeviceSurvey survey = provider.survey();
    assertThat(survey.problem()).isNull();
    assertThat(survey.devices())
        .containsExactly(
            new DeviceInfo(
                "cuda:0",
                "Mock CUDA device",
                DeviceInfo.Kind.GPU,
                "CUDA 12.6, compute capability 7.5",
                8L << 30));
  }

  @Test
  void theFirstDeviceOpensWithAndWithoutItsNumber() {
    for (String selector : List.of("", "0")) {
      try (Backend backend = provider.open(selector)) {
        assertThat(backend.alignment()).isEqualTo(4);
      }
    }
  }

  @Test
  void aDeviceThatIsNotThereIsNamedAndSoAreThoseThatAre() {
    for (String selector : List.of("1", "-1", "x", "99999999999")) {
      assertThatThrownBy(() -> provider.open(selector))
          .isInstanceOf(DeviceException.class)
          .hasMessage("cuda:" + selector + " is not there. CUDA has cuda:0 (Mock CUDA device)");
    }
  }

  @Test
  void aDeviceThatThePtxIsNotForIsLeftOut() {
    MockCuda.devices(2);
    MockCuda.capability(70);
    assertThat(provider.survey().devices()).extracting(DeviceInfo::id).containsExactly("cuda:1");
    assertThatThrownBy(() -> provider.open("0"))
        .isInstanceOf(DeviceException.class)
        .hasMessage(
            "cuda:0 (Mock CUDA device) has compute capability 7.0, and Kiln needs 7.5 or newer."
                + " CUDA has cuda:1 (Mock CUDA device)");
    assertThat(provider.describe("").id()).isEqualTo("cuda:1");
    try (Backend backend = provider.open("")) {
      assertThat(backend.alignment()).isEqualTo(4);
    }
  }

  @Test
  void whereAllDevicesAreTooOldThatIsTheProblem() {
    MockCuda.capability(61);
    assertThat(provider.survey().devices()).isEmpty();
    assertThat(provider.survey().problem())
        .isEqualTo(
            "cuda:0 (Mock CUDA device) has compute capability 6.1, and Kiln needs 7.5 or newer");
  }

  @Test
  void thePtxIsForTheOldestDeviceAndDriverThatAreTaken() {
    MockCuda.driverVersion(12000);
    MockCuda.capability(CudaProvider.OLDEST_CAPABILITY);
    CudaDriver driver = new CudaDriver(0);
    try {
      for (KernelProgram program : ProgramCatalog.shipped().programs()) {
        Matcher entry = Pattern.compile("\\.entry (\\w+)").matcher(program.ptx());
        assertThat(entry.find()).isTrue();
        assertThat(driver.kernel(program, entry.group(1)).name()).isEqualTo(entry.group(1));
      }
    } finally {
      driver.close();
    }
  }

  @Test
  void anOldDriverIsRefusedWithItsVersion() {
    MockCuda.driverVersion(11040);
    assertThat(provider.survey().problem())
        .isEqualTo(
            "the NVIDIA driver is too old: it knows CUDA 11.4 and Kiln needs CUDA 12.0, which is"
                + " driver 525 or newer");
    assertThatThrownBy(() -> provider.open(""))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("cuda: the NVIDIA driver is too old");
  }

  @Test
  void aDriverWithoutADeviceSaysSo() {
    MockCuda.devices(0);
    assertThat(provider.survey().devices()).isEmpty();
    assertThat(provider.survey().problem()).contains("finds no device");
  }

  @Test
  void noLibcudaIsSaidInOneSentenceEveryTime() throws IOException, InterruptedException {
    String nowhere = "target/no-such-folder/libcuda.so.1";
    String output = surveyInAnotherProcess(Map.of(), "-Dkiln.cuda.library=" + nowhere);
    assertThat(output.lines().toList())
        .hasSize(2)
        .allMatch(line -> line.startsWith("-Dkiln.cuda.library=" + nowhere + " cannot be loaded"));
  }

  @Test
  void theEnvironmentSetsTheMockToo() throws IOException, InterruptedException {
    String library = "-Dkiln.cuda.library=" + MockCuda.library();
    assertThat(surveyInAnotherProcess(Map.of("KILN_MOCK_DRIVER_VERSION", "11080"), library))
        .contains("it knows CUDA 11.8");
    assertThat(surveyInAnotherProcess(Map.of("KILN_MOCK_DEVICES", "0"), library))
        .contains("finds no device");
    assertThat(surveyInAnotherProcess(Map.of("KILN_MOCK_MEMORY", "123456"), library))
        .contains("memoryBytes=123456");
  }

  @Test
  void jcudasLibraryIsNotTakenFromASharedFolder() throws IOException, InterruptedException {
    Path shared = Path.of("target", "shared-temp");
    Files.createDirectories(shared);
    Path trap = shared.resolve("libJCudaDriver-12.6.0-linux-x86_64.so");
    Files.writeString(trap, "not a library");
    String output =
        surveyInAnotherProcess(
            Map.of(), "-Dkiln.cuda.library=" + MockCuda.library(), "-Djava.io.tmpdir=" + shared);
    assertThat(output).contains("Mock CUDA device");
    try (Stream<Path> files = Files.list(shared)) {
      assertThat(files).containsExactly(trap);
    }
  }

  /** What the survey says, twice, in a fresh process with this class path. */
  private static String surveyInAnotherProcess(Map<String, String> environment, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Survey.class.getName()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /** Prints what is wrong or the devices, two times. */
  static final class Survey {
    private Survey() {}

    public static void main(String[] arguments) {
      for (int i = 0; i < 2; i++) {
        DeviceSurvey survey = new CudaProvider().survey();
        System.out.println(survey.problem() == null ? survey.devices() : survey.problem());
      }
    }
  }
}
