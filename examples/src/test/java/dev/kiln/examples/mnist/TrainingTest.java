package dev.kiln.examples.mnist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TrainingTest {
  @Test
  void theLearningRateStaysForTwoThirdsOfTheStepsAndThenFallsToNothing() {
    assertThat(Training.share(0, 300)).isEqualTo(1);
    assertThat(Training.share(200, 300)).isEqualTo(1);
    assertThat(Training.share(250, 300)).isEqualTo(0.5, within(1e-12));
    assertThat(Training.share(299, 300)).isEqualTo(0.01, within(1e-12));
  }

  @Test
  void aSingleStepIsAFullOne() {
    assertThat(Training.share(0, 1)).isEqualTo(1);
  }
}
