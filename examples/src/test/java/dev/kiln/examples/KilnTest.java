package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
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
}
