package dev.kiln.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What ptxas makes of the kernels, as resources.txt tells. {@link PtxTest} compares it with ptxas;
 * ptx.sh writes it.
 */
class KernelResourcesTest {
  private static final Path TABLE = Path.of("src/test/resources/dev/kiln/gpu/resources.txt");

  /** The programs that most of a training step is spent in. */
  private static final Pattern HOT = Pattern.compile("(gemm|conv|rnn)_.*");

  @Test
  void hotKernelsSpillNothing() throws IOException {
    List<String> hot =
        Files.readAllLines(TABLE).stream().filter(line -> HOT.matcher(line).matches()).toList();
    assertThat(hot).hasSizeGreaterThan(50).noneMatch(line -> line.contains("!"));
  }

  /**
   * The first two are the example of the CUDA C++ Best Practices Guide, Calculating Occupancy, with
   * compute capability 8.0, whose limits are those of its 7.0; the others are bound by warps, by
   * blocks and by shared memory, with and without the KiB that the system takes.
   */
  @ParameterizedTest
  @CsvSource({
    "sm_80, 128, 37, 0, 37/12/75",
    "sm_80, 320, 37, 0, 37/4/63",
    "sm_86, 256, 16, 0, 16/6/100",
    "sm_90, 32, 16, 0, 16/32/50",
    "sm_75, 128, 16, 16384, 16/4/50",
    "sm_90, 128, 16, 49152, 16/4/25",
    "sm_120, 128, 255, 0, 255/2/17"
  })
  void occupancyIsWhatTheArchitectureHasRoomFor(
      String architecture,
      int threads,
      int registers,
      int shared,
      String cell,
      @TempDir Path folder)
      throws IOException, InterruptedException {
    Path ptx = folder.resolve("some.ptx");
    Path usage = folder.resolve("some.usage");
    Files.writeString(ptx, ".visible .entry some_kernel(\n)\n.maxntid " + threads + ", 1, 1\n");
    Files.writeString(
        usage,
        """
        arch %s
        ptxas info    : Compiling entry function 'some_kernel' for '%s'
        ptxas info    : Function properties for some_kernel
            0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
        ptxas info    : Used %d registers, used 0 barriers, %d bytes smem
        """
            .formatted(architecture, architecture, registers, shared));
    Process awk =
        new ProcessBuilder("awk", "-f", "occupancy.awk", ptx.toString(), usage.toString())
            .redirectErrorStream(true)
            .start();
    String table = new String(awk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(awk.waitFor()).as(table).isZero();
    assertThat(table.lines().filter(line -> line.startsWith("some ")))
        .singleElement()
        .asString()
        .contains(" " + cell);
  }
}
