package dev.kiln.examples.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import dev.kiln.examples.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HihelloCommandTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "step, cpu",
    "sequence, cpu",
    "softmax, cpu",
    "embedding, cpu",
    "step, opencl:0",
    "sequence, opencl:0",
    "softmax, opencl:0",
    "embedding, opencl:0",
    "step, cuda:0",
    "sequence, cuda:0",
    "softmax, cuda:0",
    "embedding, cuda:0"
  })
  void everyVariantEndsWithTheRightStringOnEveryDevice(String variant, String device)
      throws IOException {
    DemoRun run = DemoRun.of(folder, device, "hihello", "--variant=" + variant);

    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("Right     it says \"ihello\"");
    assertThat(run.text("predicted")).isEqualTo("ihello");
    assertThat(run.flag("right")).isTrue();
    assertThat(run.text("variant")).isEqualTo(variant);
    assertThat(run.figures().getAsJsonArray("loss")).hasSize(100);
  }

  @Test
  void theSoftmaxVariantStaysAtItsBoundAndSaysWhy() throws IOException {
    DemoRun run = DemoRun.of(folder, "cpu", "hihello", "--variant=softmax", "--epochs=300");

    assertThat(run.number("bound")).isEqualTo(1.1886, within(1e-4));
    // at this rate Adam jumps back up now and then
    assertThat(least(run)).isBetween(run.number("bound"), 1.2);
    assertThat(run.out()).contains("e²/(e²+k-1) = 0.649").contains("= 1.189.").contains("= 0.905");
    assertThat(ImageIO.read(run.file("bound.png").toFile()).getWidth()).isGreaterThan(300);
  }

  @Test
  void aNetThatIsTheSequencesOutputStaysAboveTheBoundOfItsTanh() throws IOException {
    DemoRun run = DemoRun.of(folder, "cpu", "hihello", "--epochs=200");

    assertThat(least(run)).isBetween(LossBound.ofTanh(5), LossBound.ofTanh(5) + 0.02);
  }

  private static double least(DemoRun run) {
    double least = Double.POSITIVE_INFINITY;
    for (JsonElement loss : run.figures().getAsJsonArray("loss")) {
      least = Math.min(least, loss.getAsDouble());
    }
    return least;
  }

  @Test
  void theEmbeddingAndItsLinearLayerHaveNoBound() throws IOException {
    DemoRun run = DemoRun.of(folder, "cpu", "hihello", "--variant=embedding");

    assertThat(run.number("final_loss")).isLessThan(0.01);
  }

  @Test
  void theCellInALoopComputesWhatTheLayerDoes() throws IOException {
    DemoRun step = DemoRun.of(folder, "cpu", "hihello", "--variant=step", "--epochs=20");
    DemoRun sequence = DemoRun.of(folder, "cpu", "hihello", "--epochs=20");

    assertThat(step.number("final_loss")).isEqualTo(sequence.number("final_loss"), within(1e-4));
  }

  @Test
  void aNetThatHasNotLearnedItEndsWithStatus1() throws IOException {
    DemoRun run = DemoRun.of(folder, "cpu", "hihello", "--epochs=1", "--lr=1e-5");

    assertThat(run.status()).isOne();
    assertThat(run.flag("right")).isFalse();
    assertThat(run.out()).contains("Wrong     it says").contains("more --epochs may help");
  }

  @Test
  void theSameSeedGivesTheSameWeightsAndAnotherOnesOthers() throws IOException {
    byte[] first = weights("--seed=3");

    assertThat(weights("--seed=3")).isEqualTo(first);
    assertThat(weights("--seed=4")).isNotEqualTo(first);
  }

  private byte[] weights(String seed) throws IOException {
    DemoRun run = DemoRun.of(folder, "cpu", "hihello", "--epochs=5", seed);
    return Files.readAllBytes(run.file("weights.safetensors"));
  }

  @Test
  void loadedWeightsAreGoneOnFrom() throws IOException {
    DemoRun learned = DemoRun.of(folder, "cpu", "hihello");
    Path weights = learned.file("weights.safetensors");
    DemoRun more = DemoRun.of(folder, "cpu", "hihello", "--epochs=1", "--load=" + weights);

    assertThat(more.status()).isZero();
    assertThat(more.number("final_loss")).isLessThanOrEqualTo(learned.number("final_loss"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--epochs=0", "--lr=0", "--variant=gru"})
  void anOptionThatMakesNoSenseIsAUsageError(String option) {
    CommandRun run = CommandRun.of("hihello", option);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(option.substring(0, option.indexOf('=')));
  }
}
