package dev.kiln.examples.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PaddedTest {
  @Test
  void sequencesAreFilledUpToTheLongest() {
    Padded padded = Padded.of(List.of(new int[] {1}, new int[] {2, 3, 4}, new int[] {5, 6}), 9);

    assertThat(padded.ids()).containsExactly(1, 9, 9, 2, 3, 4, 5, 6, 9);
    assertThat(padded.lengths()).containsExactly(1, 3, 2);
    assertThat(padded.size()).isEqualTo(3);
    assertThat(padded.steps()).isEqualTo(3);
    assertThat(padded.row(padded.ids(), 2)).containsExactly(5, 6);
  }

  @Test
  void noSequencesAreNoSteps() {
    assertThat(Padded.of(List.of(), 0).steps()).isZero();
  }
}
