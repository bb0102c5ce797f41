package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.kiln.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class KilnTest {
  @Test
  void withoutASubcommandTheHelpIsPrinted() {
    CommandRun run = CommandRun.of();

    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("devices").contains("data");
  }

  @Test
  void aCommandLineThatMakesNoSenseIsAnsweredInTwoLinesWithStatus2() {
    CommandRun run = CommandRun.of("devices", "--jsonn");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo("kiln devices: Unknown option: '--jsonn'\nSee kiln devices --help.\n");
  }

  @Test
  void aCommandThatThereIsNotIsNamedWithThoseLikeIt() {
    CommandRun run = CommandRun.of("mnits");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("kiln: there is no command mnits; did you mean mnist")
        .endsWith("?\nSee kiln --help.\n");
  }

  @Test
  void aChoiceThatThereIsNotIsAnsweredWithThoseThatTheHelpNames() {
    CommandRun run = CommandRun.of("mnist", "--model=rnn");

    assertThat(run.err())
        .isEqualTo(
            "kiln mnist: --model is one of mlp, cnn, inception, inception-resnet, densenet, vgg,"
                + " resnet, mobilenet, squeezenet, senet, not rnn\nSee kiln mnist --help.\n");
  }

  @Test
  void wantOfMemoryIsSaidInALineThatTellsTheWayOut() {
    // an array longer than any that a JVM makes
    CommandRun run = CommandRun.of("regression", "--points=2147483647", "--device=cpu");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("kiln regression: Java's memory is used up (")
        .contains("KILN_OPTS=-Xmx")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"folder", "file:///folder", "https:///folder", "http://a b"})
  void aMirrorThatIsNoAddressOfTheWebIsAUsageError(String mirror) {
    CommandRun run = CommandRun.of("data", "mnist", "--mirror=" + mirror);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("kiln data mnist: --mirror is an address such as https://")
        .contains(", not " + mirror + "\n");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void devicesPrintsATable() {
    CommandRun run = CommandRun.of("devices");

    assertThat(run.status()).isZero();
    assertThat(run.out()).startsWith("DEVICE");
  }

  @Test
  void everyCommandIsFoundByTheNameThatItGivesItself() {
    for (Class<?> type : Kiln.commands()) {
      String name = type.getAnnotation(CommandLine.Command.class).name();

      assertThat(Kiln.commands(name)).as(name).isEqualTo(List.of(type));
    }
  }

  @Test
  void aTensorThatIsTooLargeIsSaidToBeOfANetOrABatch() {
    Throwable e = catchThrowable(() -> Shape.of(1 << 20, 1 << 20));

    assertThat(Kiln.reason((Exception) e))
        .isEqualTo(e.getMessage() + "; a smaller net, batch or window takes less");
  }
}
