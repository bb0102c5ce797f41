package dev.kiln.gpu;

import static dev.kiln.gpu.TestBackend.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.AdadeltaSpec;
import dev.kiln.backend.AdagradSpec;
import dev.kiln.backend.AdamSpec;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.RmspropSpec;
import dev.kiln.backend.SgdSpec;
import dev.kiln.backend.Stepped;
import dev.kiln.gpu.driver.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Steps of each optimizer against the same formulas in double precision, on more parameters than
 * one launch takes, of sizes around a chunk; and the clipping of as many gradients.
 */
class OptimizationKernelsTest {
  private static final int STEPS = 3;
  private static final double TOLERANCE = 3e-6;

  @AfterAll
  static void close() {
    TestBackend.closeAll();
  }

  /** 35 parameters. */
  private static int[] sizes() {
    int[] sizes = new int[35];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = i * 7 % 31;
    }
    sizes[1] = 2048;
    sizes[3] = 2049;
    sizes[4] = 4095;
    sizes[33] = 4097;
    sizes[34] = 9000;
    return sizes;
  }

  /** What the optimizer remembers begins at 0, in up to three flat buffers. */
  private interface Kernel {
    void run(TestBackend on, int step, Stepped stepped, Buffer[] state);
  }

  /** The same for one number in double precision. */
  private interface Formula {
    double step(double w, double gradient, double[] state, int step);
  }

  static Stream<Arguments> optimizers() {
    List<Arguments> optimizers = new ArrayList<>();
    TestBackend.everywhere()
        .forEach(
            on -> {
              sgd(on, optimizers);
              adaptive(on, optimizers);
              rmsprop(on, optimizers);
              adam(on, optimizers);
            });
    return optimizers.stream();
  }

  private static void add(
      List<Arguments> list, TestBackend on, String name, Kernel kernel, Formula formula) {
    list.add(Arguments.of(on, Named.of(name, kernel), formula));
  }

  private static void sgd(TestBackend on, List<Arguments> list) {
    add(
        list,
        on,
        "sgd",
        (b, t, s, m) -> b.backend().sgd(new SgdSpec(0.1f, 0, 1, 0.01f, false, false), s, null),
        (w, gradient, m, t) -> w - 0.1f * (gradient + 0.01f * w));
    for (boolean nesterov : new boolean[] {true, false}) {
      float take = nesterov ? 1 : 0.75f;
      add(
          list,
          on,
          nesterov ? "nesterov" : "momentum",
          (b, t, s, m) ->
              b.backend().sgd(new SgdSpec(0.1f, 0.9f, take, 0.01f, nesterov, t == 1), s, m[0]),
          (w, gradient, m, t) -> {
            double g = gradient + 0.01f * w;
            m[0] = t == 1 ? g : 0.9f * m[0] + take * g;
            return w - 0.1f * (nesterov ? g + 0.9f * m[0] : m[0]);
          });
    }
  }

  private static void adaptive(TestBackend on, List<Arguments> list) {
    AdagradSpec adagrad = new AdagradSpec(0.1f, 1e-10f, 0.01f);
    add(
        list,
        on,
        "adagrad",
        (b, t, s, m) -> b.backend().adagrad(adagrad, s, m[0]),
        (w, gradient, m, t) -> {
          double g = gradient + adagrad.decay() * w;
          m[0] += g * g;
          return w - adagrad.lr() * g / (Math.sqrt(m[0]) + adagrad.eps());
        });
    AdadeltaSpec adadelta = new AdadeltaSpec(1, 0.9f, 0.1f, 1e-4f, 0.01f);
    add(
        list,
        on,
        "adadelta",
        (b, t, s, m) -> b.backend().adadelta(adadelta, s, m[0], m[1]),
        (w, gradient, m, t) -> {
          double g = gradient + adadelta.decay() * w;
          m[0] = adadelta.keep() * m[0] + adadelta.take() * g * g;
          double move = Math.sqrt(m[1] + adadelta.eps()) / Math.sqrt(m[0] + adadelta.eps()) * g;
          m[1] = adadelta.keep() * m[1] + adadelta.take() * move * move;
          return w - move;
        });
  }

  private static void rmsprop(TestBackend on, List<Arguments> list) {
    RmspropSpec spec = new RmspropSpec(0.01f, 0.9f, 0.1f, 1e-2f, 0.5f, 0.01f);
    for (int kind = 0; kind < 4; kind++) {
      boolean centered = kind % 2 == 1;
      boolean moving = kind / 2 == 1;
      add(
          list,
          on,
          "rmsprop" + (centered ? " centered" : "") + (moving ? " with momentum" : ""),
          (b, t, s, m) ->
              b.backend().rmsprop(spec, s, m[0], centered ? m[1] : null, moving ? m[2] : null),
          (w, gradient, m, t) -> {
            double g = gradient + spec.decay() * w;
            m[0] = spec.keep() * m[0] + spec.take() * g * g;
            double square = m[0];
            if (centered) {
              m[1] = spec.keep() * m[1] + spec.take() * g;
              square -= m[1] * m[1];
            }
            double move = g / (Math.sqrt(square) + spec.eps());
            if (moving) {
              m[2] = spec.momentum() * m[2] + move;
              move = m[2];
            }
            return w - spec.lr() * move;
          });
    }
  }

  private static void adam(TestBackend on, List<Arguments> list) {
    for (boolean amsgrad : new boolean[] {false, true}) {
      for (boolean decoupled : new boolean[] {false, true}) {
        add(
            list,
            on,
            (amsgrad ? "amsgrad" : "adam") + (decoupled ? "w" : ""),
            (b, t, s, m) ->
                b.backend().adam(adam(t, decoupled), s, m[0], m[1], amsgrad ? m[2] : null),
            (w, gradient, m, t) -> {
              AdamSpec spec = adam(t, decoupled);
              double g = gradient + spec.decay() * w;
              m[0] = spec.keep1() * m[0] + spec.take1() * g;
              m[1] = spec.keep2() * m[1] + spec.take2() * g * g;
              m[2] = amsgrad ? Math.max(m[2], m[1]) : 0;
              double root = Math.sqrt(amsgrad ? m[2] : m[1]) / spec.correction() + spec.eps();
              return spec.shrink() * w - spec.stepSize() * m[0] / root;
            });
      }
    }
  }

  private static AdamSpec adam(int t, boolean decoupled) {
    float stepSize = (float) (0.01 / (1 - Math.pow(0.8, t)));
    float correction = (float) Math.sqrt(1 - Math.pow(0.9, t));
    float decay = decoupled ? 0 : 0.1f;
    float shrink = decoupled ? 0.999f : 1;
    return new AdamSpec(0.8f, 0.2f, 0.9f, 0.1f, 1e-3f, decay, shrink, stepSize, correction);
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void stepsFollowTheirFormulas(TestBackend on, Kernel kernel, Formula formula) {
    int[] sizes = sizes();
    List<Buffer> parameters = new ArrayList<>();
    List<Integer> offsets = new ArrayList<>();
    double[][] w = new double[sizes.length][];
    double[][][] memory = new double[sizes.length][][];
    int end = 0;
    for (int i = 0; i < sizes.length; i++) {
      float[] start = TestBackend.random(sizes[i], i);
      parameters.add(on.of(start));
      offsets.add(end);
      end += (sizes[i] + 3) / 4 * 4;
      w[i] = widen(start);
      memory[i] = new double[sizes[i]][3];
    }
    Buffer[] state = {on.of(new float[end]), on.of(new float[end]), on.of(new float[end])};
    for (int step = 1; step <= STEPS; step++) {
      List<Buffer> gradients = new ArrayList<>();
      for (int i = 0; i < sizes.length; i++) {
        float[] gradient = TestBackend.random(sizes[i], 100 * step + i);
        for (int j = 0; j < sizes[i]; j++) {
          gradient[j] /= step; // so that the largest second moment is not the last
          w[i][j] = formula.step(w[i][j], gradient[j], memory[i][j], step);
        }
        gradients.add(on.of(gradient));
      }
      kernel.run(on, step, new Stepped(parameters, gradients, offsets), state);
    }
    for (int i = 0; i < sizes.length; i++) {
      float[] actual = on.floats(parameters.get(i));
      for (int j = 0; j < sizes[i]; j++) {
        assertClose("parameter " + i + ", element", j, actual[j], w[i][j], TOLERANCE);
      }
    }
    for (int k = 0; k < state.length; k++) {
      float[] flat = on.floats(state[k]);
      for (int i = 0; i < sizes.length; i++) {
        for (int j = 0; j < sizes[i]; j++) {
          float actual = flat[offsets.get(i) + j];
          assertClose("state " + k + " of " + i, j, actual, memory[i][j][k], TOLERANCE);
        }
      }
    }
  }

  private static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  static Stream<TestBackend> everywhere() {
    return TestBackend.everywhere();
  }

  @ParameterizedTest
  @MethodSource("everywhere")
  void gradientsAreClippedByTheirCommonNorm(TestBackend on) {
    List<Buffer> gradients = new ArrayList<>();
    List<float[]> before = new ArrayList<>();
    double squares = 0;
    for (int size : sizes()) {
      float[] values = TestBackend.random(size, size);
      for (float value : values) {
        squares += (double) value * value;
      }
      before.add(values);
      gradients.add(on.of(values));
    }
    Buffer norm = on.unwritten(1);
    on.backend().norm(gradients, norm);
    double expected = Math.sqrt(squares);
    assertThat((double) on.floats(norm)[0]).isCloseTo(expected, within(1e-6 * expected));

    on.backend().clipNorm(1000, norm, gradients);
    assertThat(on.floats(gradients.get(4))).isEqualTo(before.get(4));
    on.backend().clipNorm(2, norm, gradients);
    for (int i = 0; i < before.size(); i++) {
      float[] actual = on.floats(gradients.get(i));
      for (int j = 0; j < actual.length; j++) {
        assertClose("gradient " + i, j, actual[j], before.get(i)[j] * 2 / expected, 1e-6);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("everywhere")
  void gradientsAreClippedByValue(TestBackend on) {
    List<Buffer> gradients = new ArrayList<>();
    for (int size : sizes()) {
      gradients.add(on.of(TestBackend.random(size, size)));
    }
    Buffer special = on.of(Float.NaN, Float.NEGATIVE_INFINITY, 3, -0.25f);
    gradients.add(special);
    on.backend().clipValue(0.5f, gradients);
    assertThat(on.floats(special)).containsExactly(Float.NaN, -0.5f, 0.5f, -0.25f);
    float[] last = on.floats(gradients.get(34));
    float[] before = TestBackend.random(9000, 9000);
    for (int j = 0; j < last.length; j++) {
      assertThat(last[j]).isEqualTo(Math.max(-0.5f, Math.min(0.5f, before[j])));
    }
  }

  @ParameterizedTest
  @MethodSource("everywhere")
  void theNormOfNothingIsZero(TestBackend on) {
    Buffer norm = on.unwritten(1);
    on.backend().norm(List.of(), norm);
    on.backend().clipNorm(1, norm, List.of());
    on.backend().clipValue(1, List.of(on.of()));
    assertThat(on.floats(norm)).containsExactly(0);
    on.backend().norm(List.of(on.of(), on.of(3, 4)), norm);
    assertThat(on.floats(norm)).containsExactly(5);
  }
}
