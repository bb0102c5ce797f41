package dev.kiln.bench.turns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.bench.work.Work;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LimitTest {
  @TempDir private Path folder;

  @Test
  void theLimitsThatComeWithKilnAreOfWorksThatThereAre() throws IOException {
    List<Limit> limits = Limit.read(Path.of("limits.json"));
    assertThat(limits).isNotEmpty().allSatisfy(limit -> Work.parse(limit.work()));
  }

  @Test
  void aRatioAboveTheLimitOrNoneDoesNotHold() {
    Limit limit = new Limit("relu-8", "kiln-cpu", "djl", 0.5);
    assertThat(limit.holds(0.5)).isTrue();
    assertThat(limit.holds(0.51)).isFalse();
    assertThat(limit.holds(Double.NaN)).isFalse();
  }

  @Test
  void aFileOfSomethingElseIsRefused() throws IOException {
    assertThatThrownBy(() -> Limit.read(write("{")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no list of limits");
    assertThatThrownBy(() -> Limit.read(write("[]"))).hasMessageContaining("no limits");
    assertThatThrownBy(() -> Limit.read(write("[{\"work\": \"relu-8\"}]")))
        .hasMessageContaining("\"most\"")
        .hasMessageContaining("relu-8");
  }

  @Test
  void itEndsWithOneWhereALimitDoesNotHold() throws IOException {
    assertThat(run("0")).isOne();
    assertThat(run("1e9")).isZero();
  }

  @Test
  void anEngineThatIsNotThereIsNoLimitThatHolds() throws IOException {
    Path file =
        write("[{\"work\": \"relu-8\", \"engine\": \"x\", \"beside\": \"kiln-cpu\", \"most\": 9}]");
    assertThat(run(file)).isOne();
  }

  private int run(String most) throws IOException {
    return run(
        write(
            "[{\"work\": \"relu-8\", \"engine\": \"kiln-cpu\", \"beside\": \"kiln-cpu:scalar\","
                + " \"most\": "
                + most
                + "}]"));
  }

  private static int run(Path file) {
    return new CommandLine(new Limits())
        .setErr(new PrintWriter(Writer.nullWriter()))
        .execute(
            "--file",
            file.toString(),
            "--rounds",
            "1",
            "--seconds",
            "0.01",
            "--warmup",
            "0",
            "--json",
            file.resolveSibling("figures.json").toString());
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("limits.json"), text);
  }
}
