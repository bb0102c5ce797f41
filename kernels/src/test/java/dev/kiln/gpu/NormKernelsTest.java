package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.ChannelSpec;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Batch norm against loops in double precision, on channels shorter and longer than a section, a
 * group, a vector, and with an inner of 1.
 */
class NormKernelsTest {
  private static final float EPS = 1e-5f;

  @AfterAll
  static void close() {
    TestBackend.closeAll();
  }

  static Stream<TestBackend> backends() {
    return TestBackend.everywhere();
  }

  static Stream<Arguments> specs() {
    ChannelSpec[] specs = {
      new ChannelSpec(2, 1, 1),
      new ChannelSpec(64, 7, 1),
      new ChannelSpec(3, 5, 6),
      new ChannelSpec(4, 3, 49),
      new ChannelSpec(1, 257, 16),
      new ChannelSpec(64, 2, 196),
      new ChannelSpec(5, 3, 784),
      new ChannelSpec(1, 1, 20_011),
      new ChannelSpec(2099, 4, 11)
    };
    return TestBackend.everywhere().flatMap(b -> Stream.of(specs).map(s -> Arguments.of(b, s)));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void trainingFollowsTheDefinition(TestBackend on, ChannelSpec spec) {
    for (boolean affine : new boolean[] {true, false}) {
      Channels channels = new Channels(spec, affine, 3);
      int c = spec.channels();
      Buffer runningMean = affine ? on.of(channels.running) : null;
      Buffer runningVariance = affine ? on.of(channels.running) : null;
      Buffer x = on.of(channels.x);
      Buffer y = on.unwritten(channels.x.length);
      Buffer mean = on.unwritten(c);
      Buffer invStd = on.unwritten(c);
      Buffer gamma = affine ? on.of(channels.gamma) : null;
      Buffer beta = affine ? on.of(channels.beta) : null;
      on.backend()
          .batchNorm(
              spec, EPS, 0.3f, x, gamma, beta, runningMean, runningVariance, y, mean, invStd);

      for (int i = 0; i < c; i++) {
        assertThat((double) on.floats(mean)[i]).isCloseTo(channels.mean[i], within(2e-6));
        double scale = 1 / Math.sqrt(channels.variance[i] + EPS);
        assertThat((double) on.floats(invStd)[i]).isCloseTo(scale, within(2e-6 * scale));
        if (runningMean != null && runningVariance != null) {
          double keep = 0.7 * channels.running[i];
          int n = spec.perChannel();
          double unbiased = channels.variance[i] * n / (n - 1);
          assertThat((double) on.floats(runningMean)[i])
              .isCloseTo(keep + 0.3 * channels.mean[i], within(2e-6));
          assertThat((double) on.floats(runningVariance)[i])
              .isCloseTo(keep + 0.3 * unbiased, within(2e-6));
        }
      }
      float[] actual = on.floats(y);
      for (int e = 0; e < actual.length; e++) {
        TestBackend.assertClose("y", e, actual[e], channels.normalized(e), 1e-5);
      }

      Buffer dx = on.unwritten(channels.x.length);
      Buffer dgamma = on.unwritten(c);
      Buffer dbeta = on.unwritten(c);
      Buffer dy = on.of(channels.dy);
      on.backend().batchNormGradient(spec, x, dy, gamma, mean, invStd, dx, dgamma, dbeta);
      channels.assertSums(on.floats(dgamma), on.floats(dbeta));
      float[] gradient = on.floats(dx);
      for (int e = 0; e < gradient.length; e++) {
        double expected = channels.gradient(e, true);
        double allowed = 2e-5 * (1 + Math.abs(expected));
        TestBackend.assertClose("dx", e, gradient[e], expected, allowed);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("specs")
  void evaluationTakesTheStatisticsItIsGiven(TestBackend on, ChannelSpec spec) {
    Channels channels = new Channels(spec, true, 0);
    int c = spec.channels();
    float[] given = new float[c];
    float[] variances = new float[c];
    for (int i = 0; i < c; i++) {
      given[i] = (float) (channels.mean[i] = 0.25 * i % 3);
      variances[i] = (float) (channels.variance[i] = 0.5 + i % 5);
    }
    channels.sum();
    Buffer x = on.of(channels.x);
    Buffer y = on.unwritten(channels.x.length);
    Buffer mean = on.of(given);
    Buffer variance = on.of(variances);
    Buffer gamma = on.of(channels.gamma);
    on.backend().batchNormEval(spec, EPS, x, gamma, on.of(channels.beta), mean, variance, y);
    float[] actual = on.floats(y);
    for (int e = 0; e < actual.length; e++) {
      TestBackend.assertClose("y", e, actual[e], channels.normalized(e), 1e-5);
    }

    Buffer dx = on.unwritten(channels.x.length);
    Buffer dgamma = on.unwritten(c);
    Buffer dbeta = on.unwritten(c);
    Buffer dy = on.of(channels.dy);
    on.backend().batchNormEvalGradient(spec, EPS, x, dy, gamma, mean, variance, dx, dgamma, dbeta);
    channels.assertSums(on.floats(dgamma), on.floats(dbeta));
    float[] gradient = on.floats(dx);
    for (int e = 0; e < gradient.length; e++) {
      TestBackend.assertClose("dx", e, gradient[e], channels.gradient(e, false), 1e-5);
    }
    on.backend().batchNormEvalGradient(spec, EPS, x, dy, null, mean, variance, null, dgamma, dbeta);
    channels.assertSums(on.floats(dgamma), on.floats(dbeta));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aSmallVarianceFarFromZeroIsNotLost(TestBackend on) {
    ChannelSpec spec = new ChannelSpec(7, 2, 3001);
    float[] x = TestBackend.random(7 * 2 * 3001, 3);
    for (int e = 0; e < x.length; e++) {
      x[e] = 4096 + Math.round(x[e] * 8) / 8f; // steps that float32 has at 4096
    }
    Channels channels = new Channels(spec, false, x);
    Buffer mean = on.unwritten(2);
    Buffer invStd = on.unwritten(2);
    on.backend()
        .batchNorm(
            spec, 0, 0, on.of(x), null, null, null, null, on.unwritten(x.length), mean, invStd);
    for (int c = 0; c < 2; c++) {
      double scale = 1 / Math.sqrt(channels.variance[c]);
      assertThat((double) on.floats(invStd)[c]).isCloseTo(scale, within(1e-5 * scale));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void anEmptyBatchHasGradientsOfZero(TestBackend on) {
    ChannelSpec spec = new ChannelSpec(0, 3, 5);
    Buffer none = on.of();
    Buffer ones = on.of(1, 1, 1);
    Buffer dgamma = on.unwritten(3);
    Buffer dbeta = on.unwritten(3);
    Buffer mean = on.unwritten(3);
    Buffer invStd = on.unwritten(3);
    on.backend().batchNorm(spec, 1, 0.1f, none, null, null, null, null, none, mean, invStd);
    on.backend().batchNormGradient(spec, none, none, ones, ones, ones, none, dgamma, dbeta);
    assertThat(on.floats(mean)).containsOnly(0);
    assertThat(on.floats(invStd)).containsOnly(1);
    assertThat(on.floats(dgamma)).containsOnly(0);
    assertThat(on.floats(dbeta)).containsOnly(0);
  }

  /** Inputs and what double precision makes of them. */
  private static final class Channels {
    final ChannelSpec spec;
    final float[] x;
    final float[] dy;
    final float[] gamma;
    final float[] beta;
    final float[] running;
    final double[] mean;
    final double[] variance;
    final double[] g;
    final double[] h;
    final double[] size;

    Channels(ChannelSpec spec, boolean affine, float shift) {
      this(spec, affine, shifted(spec, shift));
    }

    Channels(ChannelSpec spec, boolean affine, float[] x) {
      this.spec = spec;
      this.x = x;
      int channels = spec.channels();
      dy = TestBackend.random(x.length, 12);
      gamma = TestBackend.random(channels, 13);
      beta = TestBackend.random(channels, 14);
      running = TestBackend.random(channels, 15);
      if (!affine) {
        java.util.Arrays.fill(gamma, 1);
        java.util.Arrays.fill(beta, 0);
      }
      mean = new double[channels];
      variance = new double[channels];
      g = new double[channels];
      h = new double[channels];
      size = new double[channels];
      for (int e = 0; e < x.length; e++) {
        mean[channel(e)] += (double) x[e] / spec.perChannel();
      }
      for (int e = 0; e < x.length; e++) {
        double d = x[e] - mean[channel(e)];
        variance[channel(e)] += d * d / spec.perChannel();
      }
      sum();
    }

    private static float[] shifted(ChannelSpec spec, float shift) {
      float[] x = TestBackend.random(spec.channels() * spec.perChannel(), 11);
      for (int e = 0; e < x.length; e++) {
        x[e] += shift;
      }
      return x;
    }

    void sum() {
      java.util.Arrays.fill(g, 0);
      java.util.Arrays.fill(h, 0);
      for (int e = 0; e < x.length; e++) {
        int c = channel(e);
        g[c] += dy[e];
        h[c] += dy[e] * xhat(e);
        size[c] += 1 + Math.abs(xhat(e));
      }
    }

    int channel(int e) {
      return e / spec.inner() % spec.channels();
    }

    double xhat(int e) {
      return (x[e] - mean[channel(e)]) / Math.sqrt(variance[channel(e)] + EPS);
    }

    double normalized(int e) {
      return xhat(e) * gamma[channel(e)] + beta[channel(e)];
    }

    double gradient(int e, boolean training) {
      int c = channel(e);
      int n = spec.perChannel();
      double d = training ? dy[e] - g[c] / n - xhat(e) * h[c] / n : dy[e];
      return gamma[c] / Math.sqrt(variance[c] + EPS) * d;
    }

    void assertSums(float[] dgamma, float[] dbeta) {
      for (int c = 0; c < g.length; c++) {
        assertThat((double) dgamma[c]).as("dgamma %d", c).isCloseTo(h[c], within(1e-6 * size[c]));
        assertThat((double) dbeta[c]).as("dbeta %d", c).isCloseTo(g[c], within(1e-6 * size[c]));
      }
    }
  }
}
