package dev.kiln.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.gpu.Requirement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PtxTest {
  /** What ptx.sh ends with where there is no nvcc of the release that wrote the PTX. */
  private static final int NO_NVCC = 3;

  @Test
  void theCommittedPtxIsWhatTheKernelTextsGive() throws IOException, InterruptedException {
    Process script =
        new ProcessBuilder("bash", Path.of("ptx.sh").toString(), "--check")
            .redirectErrorStream(true)
            .start();
    String output = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = script.waitFor();
    if (exit == NO_NVCC) {
      throw Requirement.missing("ptx", output.strip());
    }
    assertThat(output).isEmpty();
    assertThat(exit).isZero();
  }
}
