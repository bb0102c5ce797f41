package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.AdamSpec;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.SgdSpec;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Three steps of each optimizer against the same formulas in double precision. */
class OptimizationKernelsTest {
  private static final int[] SIZES = {0, 1, 255, 256, 1003};
  private static final int STEPS = 3;
  private static final double TOLERANCE = 2e-6;

  static Stream<Arguments> sgd() {
    return with(
        new SgdSpec(0.1f, 0, 0, 0, false, false),
        new SgdSpec(0.1f, 0, 0, 0.01f, false, false),
        new SgdSpec(0.1f, 0.9f, 0, 0, false, false),
        new SgdSpec(0.1f, 0.9f, 0.25f, 0.01f, false, false),
        new SgdSpec(0.1f, 0.9f, 0, 0.01f, true, false));
  }

  static Stream<Arguments> adam() {
    return with(
        new AdamSpec(0.01f, 0.9f, 0.999f, 1e-8f, 0, false, 0, 0),
        new AdamSpec(0.01f, 0.9f, 0.99f, 1e-3f, 0.1f, false, 0, 0),
        new AdamSpec(0.01f, 0.8f, 0.999f, 1e-8f, 0.1f, true, 0, 0));
  }

  private static Stream<Arguments> with(Object... specs) {
    return TestBackend.everywhere()
        .flatMap(
            on ->
                Stream.of(specs)
                    .flatMap(
                        spec ->
                            Stream.of(0, 1, 2, 3, 4).map(i -> Arguments.of(on, spec, SIZES[i]))));
  }

  @ParameterizedTest
  @MethodSource("sgd")
  void sgdFollowsItsFormulas(TestBackend on, SgdSpec spec, int n) {
    float[] start = TestBackend.random(n, 1);
    double[] w = widen(start);
    double[] velocity = new double[n];
    Buffer parameter = on.of(start);
    Buffer state = spec.momentum() == 0 ? null : on.unwritten(n);
    for (int step = 0; step < STEPS; step++) {
      boolean first = step == 0;
      float[] gradient = TestBackend.random(n, 2 + step);
      SgdSpec now =
          new SgdSpec(
              spec.lr(),
              spec.momentum(),
              spec.dampening(),
              spec.weightDecay(),
              spec.nesterov(),
              first);
      on.backend().sgd(now, parameter, on.of(gradient), state);
      for (int i = 0; i < n; i++) {
        double g = gradient[i] + spec.weightDecay() * w[i];
        velocity[i] = first ? g : spec.momentum() * velocity[i] + (1 - spec.dampening()) * g;
        double move = spec.nesterov() ? g + spec.momentum() * velocity[i] : velocity[i];
        w[i] -= spec.lr() * (state == null ? g : move);
      }
    }
    close(on.floats(parameter), w);
    if (state != null) {
      close(on.floats(state), velocity);
    }
  }

  @ParameterizedTest
  @MethodSource("adam")
  void adamFollowsItsFormulas(TestBackend on, AdamSpec spec, int n) {
    adam(on, spec, n, false);
  }

  @ParameterizedTest
  @MethodSource("adam")
  void amsgradDividesByTheLargestSecondMoment(TestBackend on, AdamSpec spec, int n) {
    adam(on, spec, n, true);
  }

  private static void adam(TestBackend on, AdamSpec spec, int n, boolean amsgrad) {
    float[] start = TestBackend.random(n, 1);
    double[] w = widen(start);
    double[] m = new double[n];
    double[] v = new double[n];
    double[] largest = new double[n];
    Buffer parameter = on.of(start);
    Buffer first = on.of(new float[n]);
    Buffer second = on.of(new float[n]);
    Buffer maximum = amsgrad ? on.of(new float[n]) : null;
    for (int step = 1; step <= STEPS; step++) {
      float[] gradient = TestBackend.random(n, 1 + step);
      for (int i = 0; i < n; i++) {
        gradient[i] /= step; // so that the largest second moment is not the last
      }
      float stepSize = (float) (spec.lr() / (1 - Math.pow(spec.beta1(), step)));
      float correction = (float) Math.sqrt(1 - Math.pow(spec.beta2(), step));
      AdamSpec now =
          new AdamSpec(
              spec.lr(),
              spec.beta1(),
              spec.beta2(),
              spec.eps(),
              spec.weightDecay(),
              spec.decoupled(),
              stepSize,
              correction);
      on.backend().adam(now, parameter, on.of(gradient), first, second, maximum);
      for (int i = 0; i < n; i++) {
        double g = gradient[i] + (spec.decoupled() ? 0 : spec.weightDecay() * w[i]);
        w[i] *= spec.decoupled() ? 1 - spec.lr() * spec.weightDecay() : 1;
        m[i] = spec.beta1() * m[i] + (1 - spec.beta1()) * g;
        v[i] = spec.beta2() * v[i] + (1 - spec.beta2()) * g * g;
        largest[i] = amsgrad ? Math.max(largest[i], v[i]) : v[i];
        w[i] -= stepSize * m[i] / (Math.sqrt(largest[i]) / correction + spec.eps());
      }
    }
    close(on.floats(parameter), w);
    close(on.floats(first), m);
    close(on.floats(second), v);
    if (maximum != null) {
      close(on.floats(maximum), largest);
    }
  }

  private static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private static void close(float[] actual, double[] expected) {
    assertThat(actual).hasSize(expected.length);
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i]).as("element %d", i).isCloseTo(expected[i], within(TOLERANCE));
    }
  }
}
