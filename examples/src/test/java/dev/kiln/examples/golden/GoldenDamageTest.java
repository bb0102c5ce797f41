package dev.kiln.examples.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.examples.golden.Verdict.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GoldenDamageTest {
  private static Device cpu;
  @TempDir private Path root;

  @BeforeAll
  static void openCpu() {
    cpu = Device.open("cpu");
  }

  @AfterAll
  static void closeCpu() {
    cpu.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "matmul/4x9_9",
        "linear/7x13_to_5",
        "conv2d/k3_p1",
        "avg_pool2d/k2",
        "batch_norm2d/plain_train",
        "batch_norm2d/plain_eval",
        "div/7x13_7x13",
        "sum/5x7_all",
        "cross_entropy/weight_mean",
        "concat/d1_2x3_2x0_2x2",
        "transpose/2x3x4x5_1_-1",
        "optimizer/adam_clip"
      })
  void aChangedDigitInAnyArrayOfACaseShowsInItsResults(String id) throws IOException {
    CaseFolder folder = CaseFolder.with(root, id);
    assertThat(verdict(id).outcome()).isEqualTo(Outcome.PASSED);

    for (Path file : folder.files(id)) {
      byte[] before = Files.readAllBytes(file);
      if (file.toString().endsWith(".npy") && before.length > 128) {
        CaseFolder.changeADigit(file);
        assertThat(verdict(id).outcome())
            .as("%s with %s changed", id, file)
            .isEqualTo(Outcome.FAILED);
        Files.write(file, before);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"relu/halves", "max/5x7_d1_keep", "max_pool2d/ties", "dropout/eval"})
  void ofAPublishedCaseNoBitOfAnyFileCanBeChanged(String id) throws IOException {
    CaseFolder folder = CaseFolder.with(root, id).published(id);
    assertThat(verdict(id).outcome()).isEqualTo(Outcome.PASSED);

    for (Path file : folder.files(id)) {
      byte[] before = Files.readAllBytes(file);
      for (int at : new int[] {before.length / 2, before.length - 4, before.length - 1}) {
        byte[] changed = before.clone();
        changed[at] ^= 1;
        Files.write(file, changed);
        assertThat(verdict(id).outcome())
            .as("%s with byte %d of %s changed", id, at, file)
            .isEqualTo(Outcome.FAILED);
      }
      Files.write(file, before);
    }
    assertThat(verdict(id).outcome()).isEqualTo(Outcome.PASSED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"padding\": [1, 1] > \"padding\": [1, 0]",
        "\"groups\": 1 > \"groups\": 2",
        "\"format\": 1 > \"format\": 2",
        "\"id\": \"conv2d/k3_p1\" > \"id\": \"conv2d/k3_p2\"",
        "\"shape\": [2, 3, 7, 5] > \"shape\": [2, 3, 5, 7]",
        "\"dtype\": \"float32\" > \"dtype\": \"int64\"",
        "\"gradient\": true > \"gradient\": false",
        "\"atol\": 4e-05 > \"atol\": -4e-05",
        "\"upstream\": \"up.output.npy\" > \"upstream\": \"in.weight.npy\"",
        "\"file\": \"in.input.npy\" > \"file\": \"in.inputs.npy\"",
        "\"attributes\": { > \"attributes\": {\"padding_mode\": \"reflect\", ",
        "\"op\": > \"operator\":"
      })
  void aChangeOfTheDescriptionFailsTheCase(String change) throws IOException {
    String id = "conv2d/k3_p1";
    CaseFolder.with(root, id);
    Path description = root.resolve(id).resolve("case.json");
    String before = Files.readString(description).replaceAll("\\s+", " ");
    String flat = before.replace("[ ", "[").replace(" ]", "]").replace("{ ", "{");
    Files.writeString(description, flat);
    assertThat(verdict(id).outcome()).isEqualTo(Outcome.PASSED);

    String[] fromTo = change.split(" > ", 2);
    assertThat(flat).contains(fromTo[0]);
    int at = flat.indexOf(fromTo[0]);
    String changed = flat.substring(0, at) + fromTo[1] + flat.substring(at + fromTo[0].length());
    Files.writeString(description, changed);

    Verdict verdict = verdict(id);
    assertThat(verdict.outcome()).as(verdict.message()).isEqualTo(Outcome.FAILED);
    assertThat(verdict.message()).isNotBlank();
  }

  @Test
  void aCaseThatTheIndexDoesNotListIsRunAndCounted() throws IOException {
    CaseFolder.with(root, "relu/random", "tanh/random").published("relu/random");

    assertThat(verdicts()).extracting(Verdict::outcome).containsOnly(Outcome.PASSED).hasSize(2);
  }

  @Test
  void aCaseThatTheIndexListsAndThatIsGoneHasFailed() throws IOException {
    CaseFolder.with(root, "relu/random").published("relu/random", "tanh/random");

    assertThat(verdict("relu/random").outcome()).isEqualTo(Outcome.PASSED);
    assertThat(verdict("tanh/random").message()).contains("index.json lists it");
  }

  @Test
  void anArrayThatIsGoneCutOffOrTooManyFailsTheCase() throws IOException {
    CaseFolder.with(root, "relu/random", "tanh/random", "add/scalar_3");
    Files.delete(root.resolve("relu/random/in.input.npy"));
    Path cut = root.resolve("tanh/random/in.input.npy");
    byte[] whole = Files.readAllBytes(cut);
    Files.write(cut, java.util.Arrays.copyOf(whole, whole.length - 4));
    Files.write(root.resolve("add/scalar_3/in.c.npy"), whole);

    assertThat(verdict("relu/random").message()).contains("there is no in.input.npy");
    assertThat(verdict("tanh/random").message()).contains("in.input.npy");
    assertThat(verdict("add/scalar_3").message()).contains("in.c.npy is there, but");
    assertThat(verdicts()).extracting(Verdict::outcome).containsOnly(Outcome.FAILED);
  }

  @Test
  void aCaseOfAnOpThatKilnDoesNotHaveIsUnsupported() throws IOException {
    CaseFolder.with(root, "relu/random");
    Path description = root.resolve("relu/random/case.json");
    Files.writeString(
        description,
        Files.readString(description).replace("\"op\": \"relu\"", "\"op\": \"erfinv\""));

    Verdict verdict = verdict("relu/random");
    assertThat(verdict.outcome()).isEqualTo(Outcome.UNSUPPORTED);
    assertThat(verdict.message()).isEqualTo("Kiln has no erfinv");
  }

  @Test
  void aDamagedIndexIsAnError() throws IOException {
    CaseFolder.with(root, "relu/random");
    for (String index : List.of("{", "[]", "{\"cases\": 3}", "{\"count\": 2, \"cases\": []}")) {
      Files.writeString(root.resolve("index.json"), index, StandardCharsets.UTF_8);

      assertThatThrownBy(this::verdicts).as(index).hasMessageContaining("index.json is damaged");
    }
  }

  @Test
  void aLinkToTheFolderWillDo() throws IOException {
    CaseFolder.with(root.resolve("cases"), "relu/random");
    Path link = Files.createSymbolicLink(root.resolve("link"), root.resolve("cases"));

    try (GoldenSet set = GoldenSet.of(link)) {
      assertThat(new GoldenCheck(set, cpu).run(id -> true, verdict -> {})).hasSize(1);
    }
  }

  @Test
  void theFolderOfASingleCaseWillDo() throws IOException {
    CaseFolder.with(root, "relu/random");

    try (GoldenSet set = GoldenSet.of(root.resolve("relu/random"))) {
      assertThat(new GoldenCheck(set, cpu).run(id -> true, verdict -> {}))
          .extracting(Verdict::id, Verdict::outcome)
          .containsExactly(org.assertj.core.groups.Tuple.tuple("relu/random", Outcome.PASSED));
    }
  }

  private List<Verdict> verdicts() throws IOException {
    try (GoldenSet set = GoldenSet.of(root)) {
      return new GoldenCheck(set, cpu).run(id -> true, verdict -> {});
    }
  }

  private Verdict verdict(String id) throws IOException {
    return verdicts().stream().filter(v -> v.id().equals(id)).findFirst().orElseThrow();
  }
}
