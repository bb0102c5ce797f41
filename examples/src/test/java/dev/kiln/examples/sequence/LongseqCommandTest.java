package dev.kiln.examples.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.examples.CommandRun;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongseqCommandTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "opencl:0"})
  void itLearnsTheCoursesSentence(String device) throws IOException {
    DemoRun run = DemoRun.of(folder, device, "longseq");

    assertThat(run.status()).isZero();
    assertThat(run.text("predicted"))
        .startsWith("if you want to build a ship, don't drum up people")
        .endsWith("the endless immensity of the sea.");
    assertThat(run.number("windows")).isEqualTo(170);
    assertThat(run.out()).contains("rnn of 2 layers of 25").contains("170 windows of 10");
  }

  @Test
  void onMockCudaItLearnsTheSentencesBeginning() throws IOException {
    String text = "if you want to build a ship";
    DemoRun run =
        DemoRun.of(folder, "cuda:0", "longseq", "--text=" + text, "--epochs=40", "--lr=0.05");

    assertThat(run.status()).isZero();
    assertThat(run.text("predicted")).isEqualTo(text);
  }

  @Test
  void whatHasNotBeenLearnedYetEndsWithStatus1() throws IOException {
    DemoRun run = DemoRun.of(folder, "cpu", "longseq", "--epochs=2");

    assertThat(run.status()).isOne();
    assertThat(run.text("predicted")).startsWith(run.text("given")).hasSize(180);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--text=ten chars.", "--text=", "--seq=180", "--layers=0"})
  void whatDoesNotFitIsAUsageError(String option) {
    CommandRun run = CommandRun.of("longseq", option);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("kiln longseq: ")
        .contains(option.substring(0, option.indexOf('=')));
  }
}
