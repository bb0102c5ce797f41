package dev.kiln.bench.turns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(OS.WINDOWS)
class NeighboursTest {
  @Test
  void theyRunUntilTheyAreClosed() throws IOException {
    long before = children();
    try (Neighbours two = new Neighbours(2)) {
      assertThat(children()).isEqualTo(before + 2);
    }
    assertThat(children()).isEqualTo(before);
  }

  private static long children() {
    return ProcessHandle.current().children().count();
  }
}
