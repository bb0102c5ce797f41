package dev.kiln.examples.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossBoundTest {
  @Test
  void theCoursesBoundIsTheLargestProbabilityThatTanhAllows() {
    double e2 = Math.E * Math.E;

    assertThat(LossBound.tanhProbability(5)).isCloseTo(e2 / (e2 + 4), within(1e-12));
    assertThat(LossBound.ofTanh(5)).isCloseTo(-Math.log(e2 / (e2 + 4)), within(1e-12));
    assertThat(LossBound.ofSoftmax(5)).isCloseTo(-Math.log(Math.E / (Math.E + 4)), within(1e-12));
    assertThat(LossBound.ofSoftmaxOfTanh(5)).isCloseTo(1.1886, within(1e-4));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 25})
  void theBoundOfASoftmaxOverTanhIsReachedAtACornerAndNowherePassed(int classes) {
    double[] corner = new double[classes];
    Arrays.fill(corner, -1);
    corner[0] = 1;
    double bound = LossBound.ofSoftmaxOfTanh(classes);
    assertThat(crossEntropy(softmax(corner))).isCloseTo(bound, within(1e-12));
    assertThat(crossEntropy(corner)).isCloseTo(LossBound.ofTanh(classes), within(1e-12));

    Dice dice = new Dice(1);
    for (int i = 0; i < 2000; i++) {
      double[] tanh = new double[classes];
      for (int j = 0; j < classes; j++) {
        tanh[j] = dice.happens(0.5) ? 2 * dice.below(2) - 1 : 2 * dice.uniform() - 1;
      }
      assertThat(crossEntropy(softmax(tanh))).isGreaterThanOrEqualTo(bound - 1e-12);
    }
  }

  private static double[] softmax(double[] x) {
    double sum = 0;
    for (double value : x) {
      sum += Math.exp(value);
    }
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = Math.exp(x[i]) / sum;
    }
    return y;
  }

  private static double crossEntropy(double[] logits) {
    return -Math.log(softmax(logits)[0]);
  }
}
