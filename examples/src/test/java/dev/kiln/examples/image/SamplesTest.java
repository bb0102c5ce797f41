package dev.kiln.examples.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.Generator;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SamplesTest {
  private static float[] images(int n, long seed) {
    return new Generator(seed).uniform(n * 28 * 28, 0, 1);
  }

  @Test
  void imagesOfTheSameKindAreAsFarAndAsVariousAsTheOthers() {
    Samples.Verdict verdict = Samples.compare(images(40, 1), images(40, 2), images(40, 3));

    assertThat(verdict.distance()).isEqualTo(1, within(0.02));
    assertThat(verdict.variety()).isEqualTo(1, within(0.02));
  }

  @Test
  void copiesHaveNoDistanceAndOneImageManyTimesHasNoVariety() {
    float[] known = images(40, 3);
    assertThat(Samples.compare(known, images(40, 2), known).distance()).isZero();

    float[] same = new float[40 * 28 * 28];
    for (int i = 0; i < 40; i++) {
      System.arraycopy(known, 0, same, i * 28 * 28, 28 * 28);
    }
    assertThat(Samples.compare(same, images(40, 2), known).variety()).isZero();
  }

  @Test
  void whatLooksLikeNothingKnownIsFar() {
    float[] white = new float[40 * 28 * 28];
    Arrays.fill(white, 3);
    assertThat(Samples.compare(white, images(40, 2), images(40, 3)).distance()).isGreaterThan(3);
  }
}
