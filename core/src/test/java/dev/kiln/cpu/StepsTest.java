package dev.kiln.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.AdadeltaSpec;
import dev.kiln.backend.AdagradSpec;
import dev.kiln.backend.AdamSpec;
import dev.kiln.backend.RmspropSpec;
import dev.kiln.backend.SgdSpec;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An optimizer's step gives the same bits in plain Java, in vectors, and however it is cut. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StepsTest {
  private static final int N = 300;
  private static final float[] GRADIENT = random(9);

  /** One step on all or part of the arrays, from {@code at} on. */
  private interface Step {
    void run(Steps steps, float[][] state, int at, int n);
  }

  static Stream<Arguments> steps() {
    SgdSpec plain = new SgdSpec(0.1f, 0, 1, 0.2f, false, false);
    SgdSpec first = new SgdSpec(0.1f, 0.9f, 0.7f, 0.2f, true, true);
    SgdSpec later = new SgdSpec(0.1f, 0.9f, 0.7f, 0.2f, false, false);
    SgdSpec nesterov = new SgdSpec(0.1f, 0.9f, 1, 0, true, false);
    AdagradSpec adagrad = new AdagradSpec(0.1f, 1e-10f, 0.1f);
    AdadeltaSpec adadelta = new AdadeltaSpec(0.5f, 0.9f, 0.1f, 1e-6f, 0.1f);
    RmspropSpec rmsprop = new RmspropSpec(0.1f, 0.9f, 0.1f, 1e-8f, 0.5f, 0.1f);
    AdamSpec adam = new AdamSpec(0.9f, 0.1f, 0.999f, 1e-3f, 1e-8f, 0.1f, 0.9f, 0.05f, 0.3f);
    return Stream.of(
        named("sgd", (on, s, at, n) -> on.sgd(plain, s[0], at, GRADIENT, at, n)),
        named("first momentum", (on, s, at, n) -> momentum(on, first, s, at, n)),
        named("momentum", (on, s, at, n) -> momentum(on, later, s, at, n)),
        named("nesterov", (on, s, at, n) -> momentum(on, nesterov, s, at, n)),
        named(
            "adagrad", (on, s, at, n) -> on.adagrad(adagrad, s[0], at, GRADIENT, at, s[1], at, n)),
        named(
            "adadelta",
            (on, s, at, n) -> on.adadelta(adadelta, s[0], at, GRADIENT, at, s[1], at, s[2], at, n)),
        named("rmsprop", (on, s, at, n) -> rmsprop(on, rmsprop, s, null, null, at, n)),
        named("centered", (on, s, at, n) -> rmsprop(on, rmsprop, s, s[2], null, at, n)),
        named("moving", (on, s, at, n) -> rmsprop(on, rmsprop, s, null, s[3], at, n)),
        named("both", (on, s, at, n) -> rmsprop(on, rmsprop, s, s[2], s[3], at, n)),
        named("adam", (on, s, at, n) -> adam(on, adam, s, null, at, n)),
        named("amsgrad", (on, s, at, n) -> adam(on, adam, s, s[3], at, n)));
  }

  private static Arguments named(String name, Step step) {
    return Arguments.of(Named.of(name, step));
  }

  private static void momentum(Steps on, SgdSpec spec, float[][] s, int at, int n) {
    on.momentum(spec, s[0], at, GRADIENT, at, s[1], at, n);
  }

  private static void rmsprop(
      Steps on,
      RmspropSpec spec,
      float[][] s,
      float @Nullable [] mean,
      float @Nullable [] velocity,
      int at,
      int n) {
    on.rmsprop(spec, s[0], at, GRADIENT, at, s[1], at, mean, at, velocity, at, n);
  }

  private static void adam(
      Steps on, AdamSpec spec, float[][] s, float @Nullable [] maximum, int at, int n) {
    on.adam(spec, s[0], at, GRADIENT, at, s[1], at, s[2], at, maximum, at, n);
  }

  @BeforeAll
  static void someGradientsAreSpecial() {
    GRADIENT[40] = 0;
    GRADIENT[41] = Float.NaN;
    GRADIENT[42] = Float.POSITIVE_INFINITY;
    GRADIENT[43] = 1e-30f;
  }

  @ParameterizedTest
  @MethodSource("steps")
  void vectorsAndPlainLoopsGiveTheSameBits(Step step) {
    float[][] expected = state();
    step.run(new ScalarSteps(), expected, 0, N);
    for (int cut : List.of(0, 1, 41, 64, 299)) {
      float[][] actual = state();
      step.run(new VectorSteps(), actual, 0, cut);
      step.run(new VectorSteps(), actual, cut, N - cut);
      for (int i = 0; i < actual.length; i++) {
        assertThat(actual[i]).as("array %d, cut at %d", i, cut).isEqualTo(expected[i]);
      }
    }
    assertThat(expected[0]).isNotEqualTo(state()[0]);
  }

  /** A parameter, and memory of which the second array and the third hold mean squares. */
  private static float[][] state() {
    float[][] state = {random(1), random(2), random(3), random(4)};
    for (int i = 0; i < N; i++) {
      state[1][i] *= state[1][i];
      state[2][i] *= state[2][i];
      state[3][i] *= state[3][i];
    }
    return state;
  }

  private static float[] random(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[N];
    for (int i = 0; i < N; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    return values;
  }
}
