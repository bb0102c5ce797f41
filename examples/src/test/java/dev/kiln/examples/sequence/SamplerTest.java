package dev.kiln.examples.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final float[] LOGITS = {0, (float) Math.log(2), (float) Math.log(5)};

  @Test
  void classesAreDrawnByTheirProbabilities() {
    // 1, 2 and 5 eighths
    assertThat(Sampler.draw(LOGITS, 1, 0)).isZero();
    assertThat(Sampler.draw(LOGITS, 1, 0.124)).isZero();
    assertThat(Sampler.draw(LOGITS, 1, 0.126)).isOne();
    assertThat(Sampler.draw(LOGITS, 1, 0.374)).isOne();
    assertThat(Sampler.draw(LOGITS, 1, 0.376)).isEqualTo(2);
    assertThat(Sampler.draw(LOGITS, 1, Math.nextDown(1.0))).isEqualTo(2);
  }

  @Test
  void aLowTemperatureDaresLessAndAHighOneMore() {
    assertThat(Sampler.draw(LOGITS, 0.5, 0.1)).isOne();
    assertThat(Sampler.draw(LOGITS, 100, 0.3)).isZero();
  }

  @Test
  void atTemperature0TheLikeliestIsTaken() {
    assertThat(Sampler.draw(LOGITS, 0, 0)).isEqualTo(2);
    assertThat(Sampler.draw(new float[] {3, 3, 1}, 0, 0.99)).isZero();
  }

  @Test
  void hugeLogitsDoNotOverflow() {
    assertThat(Sampler.draw(new float[] {1e30f, -1e30f}, 0.1, 0.5)).isZero();
  }
}
