package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
  @TempDir private Path folder;

  @Test
  void allCasesThatComeWithKilnPassAndAreSummedUpLast() {
    CommandRun run = CommandRun.of("check", "--device=cpu");

    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines()).last().isEqualTo("94 passed, 0 failed, 0 unsupported");
    assertThat(run.out().lines()).anyMatch(line -> line.matches("conv2d +10 passed; at worst.*"));
    assertThat(run.out().lines()).anyMatch(line -> line.matches("relu +4 passed; exact"));
  }

  @Test
  void onlyCasesWithTheExpressionInTheirIdAreRun() {
    assertThat(CommandRun.of("check", "--device=cpu", "--only=^(relu|tanh)/random").out().lines())
        .last()
        .isEqualTo("2 passed, 0 failed, 0 unsupported");
  }

  @Test
  void aFailedCaseIsExplainedAndEndsTheCommandWithStatus1() throws IOException {
    copy("relu/random");
    copy("tanh/random");
    Path description = folder.resolve("relu/random/case.json");
    String relu = Files.readString(description);
    Files.writeString(description, relu.replace("\"op\": \"relu\"", "\"op\": \"sigmoid\""));
    Path json = folder.resolve("new/check.json");

    CommandRun run = CommandRun.of("check", "--device=cpu", "--golden=" + folder, "--json=" + json);

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains("FAILED relu/random: output: ")
        .contains("; the gradient of input: ")
        .endsWith("1 passed, 1 failed, 0 unsupported\n");
    JsonObject figures = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
    assertThat(figures.get("passed").getAsInt()).isEqualTo(1);
    assertThat(figures.get("failed").getAsInt()).isEqualTo(1);
    assertThat(figures.get("unsupported").getAsInt()).isZero();
    assertThat(figures.getAsJsonArray("cases")).hasSize(2);
  }

  @Test
  void nothingToRunIsAFailure() {
    CommandRun run = CommandRun.of("check", "--device=cpu", "--golden=" + folder);

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("there is no case in " + folder);
  }

  @Test
  void anExpressionThatIsNoneIsAUsageError() {
    CommandRun run = CommandRun.of("check", "--only=[");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "kiln check: Invalid value for option '--only': '[' is no regular expression: Unclosed"
                + " character class\nSee kiln check --help.\n");
  }

  private void copy(String id) throws IOException {
    Path target = Files.createDirectories(folder.resolve(id));
    try (ResourceFolder source =
            ResourceFolder.around(CheckCommandTest.class, "golden/cases/" + id + "/case.json");
        var files = Files.list(source.path())) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName().toString()));
      }
    }
  }
}
