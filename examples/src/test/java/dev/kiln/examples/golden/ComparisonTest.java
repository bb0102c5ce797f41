package dev.kiln.examples.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.examples.golden.GoldenCase.Expected;
import dev.kiln.io.HostTensor;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final float NAN = Float.NaN;
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  @Test
  void anElementMayBeOffByTheSumOfBothTolerances() {
    // 0.5 + 0.125 * 4 = 1
    assertThat(compare(0.5, 0.125, new float[] {4}, new float[] {5}).difference()).isNull();
    assertThat(compare(0.5, 0.125, new float[] {4}, new float[] {3}).worst()).isEqualTo(1);
    assertThat(compare(0.5, 0.125, new float[] {4}, new float[] {5.01f}).difference()).isNotNull();
    assertThat(compare(0.5, 0.125, new float[] {-4}, new float[] {-5.01f}).difference())
        .isNotNull();
  }

  @Test
  void withoutTolerancesOnlyTheSameNumberWillDo() {
    assertThat(compare(0, 0, new float[] {0.1f, 0}, new float[] {0.1f, -0f}).difference()).isNull();
    assertThat(compare(0, 0, new float[] {0.1f}, new float[] {Math.nextUp(0.1f)}).difference())
        .isNotNull();
  }

  @Test
  void nanEqualsNanAndNothingElse() {
    assertThat(compare(1, 1, new float[] {NAN}, new float[] {NAN}).difference()).isNull();
    assertThat(compare(1, 1, new float[] {NAN}, new float[] {1}).difference()).isNotNull();
    assertThat(compare(1, 1, new float[] {1}, new float[] {NAN}).difference()).isNotNull();
  }

  @Test
  void anInfinityEqualsItselfAndNothingElse() {
    assertThat(compare(1, 1, new float[] {INFINITY}, new float[] {INFINITY}).difference()).isNull();
    assertThat(compare(1, 1, new float[] {INFINITY}, new float[] {1}).difference()).isNotNull();
    assertThat(compare(1, 1, new float[] {INFINITY}, new float[] {-INFINITY}).difference())
        .isNotNull();
    assertThat(compare(1, 1, new float[] {1}, new float[] {INFINITY}).difference()).isNotNull();
  }

  @Test
  void shapesAndDtypesMustBeEqual() {
    Expected expected = new Expected("y", HostTensor.of(new float[6], 2, 3), 1, 1);

    assertThat(Comparison.of("y", expected, HostTensor.of(new float[6], 3, 2)).difference())
        .isEqualTo("y is float32 [3, 2], should be float32 [2, 3]");
    assertThat(Comparison.of("y", expected, HostTensor.of(new int[6], 2, 3)).difference())
        .isEqualTo("y is int32 [2, 3], should be float32 [2, 3]");
  }

  @Test
  void aDifferenceTellsHowManyWhereAndByHowMuch() {
    Expected expected = new Expected("y", HostTensor.of(new float[] {1, 2, 3, 4}, 2, 2), 0.5, 0);

    assertThat(
            Comparison.of("y", expected, HostTensor.of(new float[] {1, 2, 5, 9}, 2, 2))
                .difference())
        .isEqualTo(
            "y: 2 of 4 elements are off, the first at [1, 0]: 5.0, should be 3.0 ± 0.50; the worst"
                + " by 10.0 times the tolerance");
  }

  private static Comparison compare(double atol, double rtol, float[] wanted, float[] actual) {
    Expected expected = new Expected("y", HostTensor.of(wanted, wanted.length), atol, rtol);
    return Comparison.of("y", expected, HostTensor.of(actual, actual.length));
  }
}
