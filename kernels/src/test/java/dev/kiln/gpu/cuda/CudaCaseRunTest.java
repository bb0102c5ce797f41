package dev.kiln.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.cases.CaseRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CudaCaseRunTest {
  /** The mock fails each process's tenth launch: every one has a case that passed before. */
  @Test
  void aFaultIsThatOfItsCaseAlone() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dkiln.cuda.library=" + MockCuda.library(),
                "-Dkiln.cases.op=sigmoid",
                "-cp",
                System.getProperty("java.class.path"),
                CaseRun.class.getName(),
                "cuda")
            .redirectErrorStream(true);
    builder.environment().put("KILN_MOCK_FAILING_LAUNCH", "10");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isEqualTo(1);
    assertThat(Pattern.compile("(?m)^[1-9]\\d* passed, 1 failed$").matcher(output).results())
        .as(output)
        .hasSizeGreaterThan(1);
    assertThat(output.lines().filter(line -> line.startsWith("FAILED")))
        .as(output)
        .isNotEmpty()
        .allMatch(line -> line.contains("was told to fail"));
  }
}
