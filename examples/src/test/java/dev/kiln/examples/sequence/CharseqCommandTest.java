package dev.kiln.examples.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.examples.CommandRun;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CharseqCommandTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "opencl:0", "cuda:0"})
  void itLearnsTheCoursesText(String device) throws IOException {
    DemoRun run = DemoRun.of(folder, device, "charseq");

    assertThat(run.status()).isZero();
    assertThat(run.text("predicted")).isEqualTo("if you want you");
    assertThat(run.number("final_loss")).isBetween(LossBound.ofTanh(10), 0.9);
  }

  @Test
  void itLearnsAnotherTextWithALinearLayer() throws IOException {
    DemoRun run =
        DemoRun.of(folder, "cpu", "charseq", "--text=hello, hello, goodbye", "--hidden=20");

    assertThat(run.status()).isZero();
    assertThat(run.text("predicted")).isEqualTo("ello, hello, goodbye");
    // no bound without tanh at the end
    assertThat(run.number("final_loss")).isLessThan(0.1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--text=aaaa", "--text=", "--hidden=0"})
  void whatCannotBeLearnedIsAUsageError(String option) {
    CommandRun run = CommandRun.of("charseq", option);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(option.substring(0, option.indexOf('=')));
  }
}
