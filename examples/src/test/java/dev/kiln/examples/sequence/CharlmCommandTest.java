package dev.kiln.examples.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.examples.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CharlmCommandTest {
  private static final String LINE = "call me ishmael. the whale swims under a blue moon\n";

  @TempDir private Path folder;
  private Path text;

  @BeforeEach
  void writeAText() throws IOException {
    text = Files.writeString(folder.resolve("text"), LINE.repeat(120));
  }

  private DemoRun charlm(String device, String... options) throws IOException {
    String[] all = new String[options.length + 5];
    System.arraycopy(options, 0, all, 5, options.length);
    all[0] = "--text=" + text;
    all[1] = "--hidden=32";
    all[2] = "--seq=25";
    all[3] = "--batch=8";
    all[4] = "--lr=0.02";
    return DemoRun.of(folder, device, "charlm", all);
  }

  @ParameterizedTest
  @CsvSource({"lstm, cpu", "gru, cpu", "rnn, cpu", "lstm, opencl:0", "gru, opencl:0"})
  void everyCellLearnsALineThatComesAgainAndAgain(String cell, String device) throws IOException {
    DemoRun run = charlm(device, "--cell=" + cell, "--epochs=6", "--sample=102", "--temperature=0");

    assertThat(run.status()).isZero();
    // 19 different characters, of which one is right
    assertThat(run.number("vocabulary")).isEqualTo(19);
    assertThat(run.number("perplexity")).isBetween(1.0, 1.3);
    assertThat(run.text("sample")).isEqualTo(LINE.repeat(2));
    assertThat(run.figures().getAsJsonArray("held_out_perplexities")).hasSize(24);
    assertThat(run.number("train_characters")).isEqualTo(120 * 51 * 9 / 10.0);
  }

  @Test
  void twoLayersOnOneHotCharactersLearnItToo() throws IOException {
    DemoRun run = charlm("cpu", "--embedding=0", "--layers=2", "--epochs=6");

    assertThat(run.number("perplexity")).isBetween(1.0, 1.5);
  }

  @Test
  void thePerplexityIsNotMuchBelowThatOfAFairCoin() throws IOException {
    Dice dice = new Dice(1);
    StringBuilder coins = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      coins.append(dice.happens(0.5) ? 'h' : 't');
    }
    Files.writeString(text, coins);

    assertThat(charlm("cpu", "--epochs=1").number("perplexity")).isBetween(1.98, 2.3);
  }

  @Test
  void aTextOfFewerWindowsThanReportsIsReportedAfterEach() throws IOException {
    Files.writeString(text, LINE.repeat(10));

    DemoRun run = charlm("cpu", "--epochs=1");

    // a stream has 57 places: three windows
    assertThat(run.figures().getAsJsonArray("held_out_perplexities")).hasSize(3);
    assertThat(run.out()).contains(" 0.33 epochs").contains(" 1.00 epochs");
  }

  @Test
  void itLeavesAPictureASampleAndWeightsToGoOnFrom() throws IOException {
    DemoRun first = charlm("cpu", "--epochs=4", "--sample=30");
    DemoRun more =
        charlm("cpu", "--epochs=1", "--load=" + first.file("weights.safetensors"), "--seed=9");

    assertThat(ImageIO.read(first.file("loss.png").toFile()).getWidth()).isGreaterThan(300);
    assertThat(first.file("sample.txt")).hasContent(first.text("sample"));
    assertThat(first.text("sample")).hasSize(30);
    assertThat(more.number("perplexity")).isLessThan(1.3);
  }

  @Test
  void theSameSeedGivesTheSameTextAndWeights() throws IOException {
    DemoRun first = charlm("cpu", "--epochs=1", "--seed=5");
    DemoRun again = charlm("cpu", "--epochs=1", "--seed=5");

    assertThat(again.text("sample")).isEqualTo(first.text("sample"));
    assertThat(again.file("weights.safetensors"))
        .hasSameBinaryContentAs(first.file("weights.safetensors"));
    assertThat(charlm("cpu", "--epochs=1", "--seed=6").text("sample"))
        .isNotEqualTo(first.text("sample"));
  }

  @Test
  void weightsOfATextWithOtherCharactersAreRefused() throws IOException {
    DemoRun first = charlm("cpu", "--epochs=1");
    Files.writeString(text, Files.readString(text).replace('w', 'v'));
    CommandRun other =
        CommandRun.of(
            "charlm",
            "--device=cpu",
            "--out=" + folder,
            "--text=" + text,
            "--hidden=32",
            "--batch=8",
            "--load=" + first.file("weights.safetensors"));

    assertThat(other.status()).isOne();
    assertThat(other.err()).contains("learned from a text with other characters");
  }

  @Test
  void aTextTooShortForItsStreamsIsRefused() throws IOException {
    Files.writeString(text, "too short");
    CommandRun run = CommandRun.of("charlm", "--text=" + text, "--device=cpu");

    assertThat(run.status()).isOne();
    assertThat(run.err()).contains("has 9 characters, too few for a --batch of 32");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--epochs=0", "--hidden=0", "--seq=0", "--temperature=-1", "--cell=transformer"})
  void anOptionThatMakesNoSenseIsAUsageError(String option) {
    CommandRun run = CommandRun.of("charlm", option);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(option.substring(0, option.indexOf('=')));
  }
}
