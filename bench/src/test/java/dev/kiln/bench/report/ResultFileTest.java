package dev.kiln.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bench.report.ResultFile.Figure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultFileTest {
  @TempDir private Path folder;

  @Test
  void theReportReadsWhatItWrites() throws IOException {
    ResultFile written = new ResultFile();
    written.describe("djl", "DJL, 2 threads");
    written.add(
        "ColdStart",
        "start",
        "kiln-cpu",
        List.of(9e5, 11e5),
        Map.of("memory", new Figure(93, "MB")));
    written.add("ColdStart", "start", "djl", List.of(5e6), Map.of());
    Path file = folder.resolve("results.json");
    written.write(file);

    Results read = new Results();
    JmhFile.read(file, read);

    Measured kiln = read.find("start", "kiln-cpu").orElseThrow();
    assertThat(kiln.family()).isEqualTo("ColdStart");
    assertThat(kiln.time().value()).isEqualTo(1e6);
    assertThat(kiln.time().error()).isPositive();
    assertThat(kiln.beside()).isEqualTo(Map.of("memory", "93.0 MB"));
    assertThat(read.find("start", "djl").orElseThrow().time().error()).isNaN();
    assertThat(read.engines()).containsEntry("djl", "DJL, 2 threads");
    assertThat(read.circumstances().get(0)).startsWith("Measured on " + Machine.here());
  }
}
