package dev.kiln.examples.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.examples.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kiln tag}, {@code sentiment} and {@code translate}, with fewer samples than usual. */
class TasksTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "opencl:0"})
  void bracketsThatItHasNotSeenAreTagged(String device) throws IOException {
    DemoRun run = DemoRun.of(folder, device, "tag", "--samples=1000", "--epochs=6", "--batch=20");

    assertThat(run.status()).isZero();
    // a guess of the commonest tag gets about four in ten
    assertThat(run.number("accuracy")).isGreaterThan(0.95);
    assertThat(run.number("held_out")).isEqualTo(200);
    assertThat(run.out()).contains("Learned");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "opencl:0"})
  void sentencesThatItHasNotSeenAreJudged(String device) throws IOException {
    DemoRun run =
        DemoRun.of(folder, device, "sentiment", "--samples=1000", "--epochs=5", "--batch=20");

    assertThat(run.status()).isZero();
    assertThat(run.number("accuracy")).isGreaterThan(0.95);
    assertThat(run.out()).contains("praise  ").contains("blame   ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "opencl:0"})
  void numbersThatItHasNotSeenAreReadOut(String device) throws IOException {
    DemoRun run =
        DemoRun.of(folder, device, "translate", "--samples=1500", "--epochs=6", "--batch=25");

    assertThat(run.status()).isZero();
    assertThat(run.number("accuracy")).isGreaterThan(0.95);
    assertThat(run.out()).contains(" hundred and ");
    assertThat(ImageIO.read(run.file("loss.png").toFile()).getWidth()).isGreaterThan(300);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tag", "sentiment", "translate"})
  void whatHasLearnedTooLittleSaysSoAndEndsWithStatus1(String task) throws IOException {
    DemoRun run = DemoRun.of(folder, "cpu", task, "--samples=50", "--epochs=1");

    assertThat(run.status()).isOne();
    assertThat(run.flag("learned")).isFalse();
    assertThat(run.out()).contains("Too little").contains("more --epochs or --samples may help");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tag", "sentiment", "translate"})
  void theSameSeedGivesTheSameBits(String task) throws IOException {
    byte[] first = weights(task, "--seed=1");

    assertThat(weights(task, "--seed=1")).isEqualTo(first);
    assertThat(weights(task, "--seed=2")).isNotEqualTo(first);
  }

  private byte[] weights(String task, String seed) throws IOException {
    DemoRun run = DemoRun.of(folder, "cpu", task, "--samples=50", "--epochs=1", seed);
    return Files.readAllBytes(run.file("weights.safetensors"));
  }

  @Test
  void moreNumbersThanThereAreIsAUsageError() {
    CommandRun run = CommandRun.of("translate", "--samples=9000");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("--samples is a number from 10 to 8330, not 9000");
  }

  @Test
  void theShareOfTheLearningRateStaysForTwoThirdsOfTheStepsAndThenFalls() {
    assertThat(SampleTraining.share(0, 300)).isEqualTo(1);
    assertThat(SampleTraining.share(200, 300)).isEqualTo(1);
    assertThat(SampleTraining.share(250, 300)).isEqualTo(0.5);
    assertThat(SampleTraining.share(299, 300)).isLessThan(0.011);
  }
}
