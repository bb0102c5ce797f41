package dev.kiln.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder;

  @Test
  void aRowHasTheTimesAndTheRatioToTheBestOther() {
    String row = row(report(resource("run.json")), "sgemm-64");

    assertThat(row)
        .isEqualTo(
            "| sgemm-64 | 8.00 ± 0.40 µs, 65.5 GFLOP/s | 20.0 ± 2.0 µs, 26.2 GFLOP/s"
                + " | 16.0 ± 0.8 µs, 32.8 GFLOP/s | 2.00 ± 0.14 × openblas-2 |");
  }

  @Test
  void aMissingTimeAndAnUnknownErrorAreLeftOpen() {
    String row = row(report(resource("run.json")), "sgemm-512");

    assertThat(row)
        .isEqualTo(
            "| sgemm-512 | 1.70 ms, 158 GFLOP/s | 1.60 ± 0.10 ms, 168 GFLOP/s | –"
                + " | 0.941 × djl |");
  }

  @Test
  void enginesOfOtherDevicesAreNoRivals() {
    String tables = report(resource("run.json"));

    assertThat(tables)
        .contains("| work | kiln-opencl | kiln-cpu | djl | kiln-cpu beside the best other |");
    assertThat(row(tables, "hihello-b1t6h5")).contains("| 59.5 ± 1.2 × djl |");
  }

  @Test
  void theLogTellsWhatFailedAndWhatTheEnginesAre() {
    String tables = report(resource("run.json"), "--log", resource("run.log"));

    assertThat(row(tables, "sgemm-512")).contains("| not timed |");
    assertThat(tables)
        .contains("- `djl`: DJL with PyTorch 2.7.1, 2 threads\n")
        .contains(
            "- `openblas-2 at sgemm-512`: not timed; engine openblas-2, work sgemm-512: the product"
                + " differs from the reference by 0.5 and may by 0.001\n");
  }

  @Test
  void theCircumstancesAreTold() {
    assertThat(report(resource("run.json"), "--machine", "Abacus, 2 rows"))
        .containsPattern("Measured on Abacus, 2 rows, \\d{4}-\\d{2}-\\d{2}\\.")
        .contains(
            "Java 17.0.15 (OpenJDK 64-Bit Server VM), JMH 1.37: 3 × 1 s after 5 × 1 s to warm up,"
                + " forks: 1.");
  }

  @Test
  void thePageHasAChartForEachFamilyAndNeedsNoOtherFile() throws IOException {
    Path page = folder.resolve("page.html");
    report(resource("run.json"), "--html", page.toString());

    String html = Files.readString(page);
    assertThat(html.split("<svg", -1)).hasSize(3);
    assertThat(html).contains("<h2>Gemm</h2>").contains("openblas-2").contains("2.00 ± 0.14 ×");
    assertThat(html).doesNotContain("src=").doesNotContain("<link").doesNotContain("<script");
  }

  @Test
  void theTablesGoIntoTheMarkedPartOfAFile() throws IOException {
    Path readme = folder.resolve("README.md");
    Files.writeString(
        readme, "before\n" + MarkedPart.BEGIN + "\nold\n" + MarkedPart.END + "\nafter\n");

    assertThat(report(resource("run.json"), "--into", readme.toString())).isEmpty();
    assertThat(Files.readString(readme))
        .startsWith("before\n" + MarkedPart.BEGIN + "\n\n### Gemm\n")
        .endsWith("\n\n" + MarkedPart.END + "\nafter\n")
        .doesNotContain("old");
  }

  @Test
  void aFileWithoutAMarkedPartIsLeftAlone() throws IOException {
    Path readme = folder.resolve("README.md");
    Files.writeString(readme, "by hand");

    assertThat(run(resource("run.json"), "--into", readme.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("has no place for the tables");
    assertThat(readme).hasContent("by hand");
  }

  @Test
  void whatIsNoFileOfResultsIsSaidToBeNone() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.json"));
    Path nothing = Files.writeString(folder.resolve("nothing.json"), "[]");
    Path other = Files.writeString(folder.resolve("other.json"), "{\"a\": 1}");
    Path text = Files.writeString(folder.resolve("text.json"), "{]");

    assertThat(complaint(empty)).contains("empty.json is empty: the run wrote no results");
    assertThat(complaint(nothing)).contains("nothing.json has no result in it");
    assertThat(complaint(other)).contains("other.json is no file of JMH's results");
    assertThat(complaint(text)).contains("text.json is no JSON");
    assertThat(complaint(folder.resolve("none.json")))
        .contains("there is no")
        .contains("none.json");
  }

  private String complaint(Path file) {
    assertThat(run(file.toString())).isEqualTo(1);
    return err.toString();
  }

  private String report(String... arguments) {
    assertThat(run(arguments)).as(err.toString()).isZero();
    return out.toString();
  }

  private int run(String... arguments) {
    return Report.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  private static String row(String tables, String work) {
    return tables
        .lines()
        .filter(line -> line.startsWith("| " + work + " |"))
        .findFirst()
        .orElseThrow();
  }

  private static String resource(String name) {
    try {
      return Path.of(ReportTest.class.getResource(name).toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
