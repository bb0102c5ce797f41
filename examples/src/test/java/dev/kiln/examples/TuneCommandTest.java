package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TuneCommandTest {
  @TempDir private Path cache;

  private @Nullable String cacheBefore;

  @BeforeEach
  void takeAnotherCache() {
    cacheBefore = System.getProperty("kiln.cache");
    System.setProperty("kiln.cache", cache.toString());
  }

  @AfterEach
  void restoreTheCache() {
    if (cacheBefore == null) {
      System.clearProperty("kiln.cache");
    } else {
      System.setProperty("kiln.cache", cacheBefore);
    }
  }

  private List<Path> files() throws IOException {
    Path folder = cache.resolve("tuning");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "NaN"})
  void aLimitThatLeavesNothingIsAnError(String limit) {
    CommandRun run = CommandRun.of("tune", "--device=cpu", "--largest=" + limit);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("--largest is a number above 0, not");
  }

  @ParameterizedTest
  @CsvSource({"opencl:0, wide_gemm nn 64 64 64 1", "cuda:0, gemm nt 64 10 256 1"})
  void measuresAndKeepsTheWinners(String device, String work) throws IOException {
    Devices.require(device);

    CommandRun run = CommandRun.of("tune", "--device=" + device, "--only=gemm", "--largest=0.6");

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out()).startsWith("Tuning " + device + " (").contains(" works measured: ");
    assertThat(files()).hasSize(1);
    assertThat(run.out()).endsWith("Kept in " + files().get(0) + "\n");
    List<String> lines = Files.readAllLines(files().get(0));
    assertThat(lines).anyMatch(line -> line.startsWith(work + " = "));
    assertThat(lines).noneMatch(line -> line.matches("(sum|max|rows|lanes|.*512 512 512) .*"));

    CommandRun more = CommandRun.of("tune", "--device=" + device, "--only=sum", "--largest=0.001");

    assertThat(more.status()).isZero();
    List<String> after = Files.readAllLines(files().get(0));
    assertThat(after).as("what was found before stays").contains(lines.get(5));
    assertThat(after).anyMatch(line -> line.startsWith("sum rows 1 64 1 = "));
  }

  @Test
  void aFamilyThatIsNoneIsAUsageError() throws IOException {
    Devices.require("opencl");

    CommandRun run = CommandRun.of("tune", "--device=opencl:0", "--only=gem");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).startsWith("kiln tune: --only: there is no family gem, but gemm, ");
    assertThat(files()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--largest=1e-9", "--only=recurrent"})
  void whereThereIsNothingToChooseNothingIsKept(String option) throws IOException {
    Devices.require("opencl");

    CommandRun run = CommandRun.of("tune", "--device=opencl:0", option);

    assertThat(run.status()).isZero();
    assertThat(run.out())
        .endsWith("\nNothing to choose: no such work can be computed in several ways here\n");
    assertThat(files()).isEmpty();
  }

  @Test
  void theCpuHasNothingToChooseFrom() {
    CommandRun run = CommandRun.of("tune", "--device=cpu");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("has one way to compute each work: nothing to tune");
  }

  @Test
  void withoutACacheNothingIsMeasured() {
    Devices.require("opencl");
    System.setProperty("kiln.cache", "off");

    CommandRun run = CommandRun.of("tune", "--device=opencl:0", "--only=gemm");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("kiln tune: -Dkiln.cache=off leaves no place");
    assertThat(run.out()).doesNotContain("measured");
  }

  @Test
  void aDemoNeverTunes() throws IOException {
    Devices.require("opencl");

    CommandRun run =
        CommandRun.of("hihello", "--device=opencl:0", "--epochs=2", "--out=" + cache.resolve("o"));

    assertThat(run.out()).contains("Epoch   1");
    assertThat(files()).isEmpty();
  }
}
