package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsTest {
  @TempDir private Path folder;

  private CommandRun run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--device=cpu", "--out=" + folder));
    return CommandRun.of(all.toArray(new String[0]));
  }

  @ParameterizedTest
  @CsvSource({
    "mnist, --epochs, 1000000",
    "mnist, --early-stop, 1000000",
    "autoencoder, --code, 16384",
    "vae, --code, 16384",
    "gan, --epochs, 1000000",
    "pixelrnn, --hidden, 16384",
    "superres, --epochs, 1000000",
    "unet, --epochs, 1000000",
    "hihello, --epochs, 1000000",
    "charseq, --hidden, 16384",
    "longseq, --hidden, 16384",
    "longseq, --layers, 1000",
    "longseq, --seq, 16384",
    "charlm, --epochs, 1000000",
    "charlm, --hidden, 16384",
    "charlm, --layers, 1000",
    "charlm, --embedding, 16384",
    "charlm, --seq, 1000000",
    "charlm, --sample, 1000000",
    "tag, --epochs, 1000000",
    "sentiment, --epochs, 1000000",
    "translate, --epochs, 1000000",
    "regression, --epochs, 1000000"
  })
  void aSizeThatIsFarTooLargeIsRefusedWithWhatIsAllowed(String command, String option, int most) {
    CommandRun run = run(command, option + "=2000000000");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .contains("kiln " + command + ": " + option + " is a number from")
        .contains(" to " + most + ", not 2000000000");
  }

  @ParameterizedTest
  @CsvSource({
    "mnist, 1e300",
    "gan, 1e300",
    "hihello, 1001",
    "charlm, Infinity",
    "tag, NaN",
    "unet, -1"
  })
  void aLearningRateThatNothingLearnsByIsRefused(String command, String rate) {
    CommandRun run = run(command, "--lr=" + rate);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .contains("--lr is above 0 and at most 1000, not " + Double.parseDouble(rate));
  }

  @Test
  void recurrentLayersThatNoMemoryHoldsAreRefusedWithWhatTheyTake() {
    CommandRun run = run("charlm", "--hidden=16384", "--layers=1000");

    assertThat(run.status()).isEqualTo(2);
    // 4 x 16384 x (64 + 16384 + 2) of the first, and 999 x 4 x 16384 x (2 x 16384 + 2)
    assertThat(run.err())
        .contains(
            "--hidden 16384 in --layers 1000: 2,146,545,172,480 weights and as many gradients")
        .contains(" take 15993.0 GiB, and cpu has ");
  }

  @Test
  void soAreThoseOfLongseq() {
    CommandRun run = run("longseq", "--hidden=16384", "--layers=1000");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .contains("--hidden 16384 in --layers 1000: ")
        .contains(" GiB, and cpu has ");
  }

  @Test
  void moreStepsThanCanBeCountedAreRefused() {
    assertThat(run("charlm", "--epochs=1000000", "--batch=1", "--seq=1").err())
        .contains("--epochs 1000000 of ")
        .contains(" steps, and at most 2147483647 can be counted");
    assertThat(run("mnist", "--model=mlp", "--epochs=1000000", "--batch=1").err())
        .contains("and at most 2147483647 can be counted");
  }

  @Test
  void aBatchBeyondTheDataIsAllOfIt() {
    CommandRun run = run("tag", "--samples=20", "--epochs=1", "--batch=2147483647");

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("Epoch 1/1 loss ").doesNotContain("NaN");
  }
}
