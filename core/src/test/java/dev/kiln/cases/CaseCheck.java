package dev.kiln.cases;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Device;
import dev.kiln.Recording;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Runs a case on a device: the values against the oracle, the gradients against central differences
 * of the oracle in double precision. Then the same as a recorded step, which is to give the same
 * bits when it is taken down and when it is replayed.
 */
public final class CaseCheck {
  /** Float32 in any order of summation passes; half precision and TF32 do not. */
  private static final double TOLERANCE = 3e-5;

  private static final double STEP = 1e-5;

  /** Elements of an input whose gradient is checked: fewer where the oracle is slow. */
  private static final int LEAST_CHECKED = 3;

  private static final int MOST_CHECKED = 24;
  private static final double WORK = 3e7;

  private final Device device;

  public CaseCheck(Device device) {
    this.device = device;
  }

  /**
   * @throws AssertionError naming the case, the element, what came and what was expected
   */
  public void check(OpCase opCase) {
    float[][] values = opCase.draw();
    double[] expected = opCase.expect(widen(values));
    double[] upstream = upstream(expected.length);
    float[][] first = run(opCase, values, upstream);
    compare(opCase + " output", first[0], expected);
    for (int i = 0; i < values.length; i++) {
      if (opCase.inputs().get(i).differentiable()) {
        checkGradient(opCase, values, upstream, i, first[i + 1]);
      }
    }
    // a checker of every access is slow, and a recording launches nothing else
    if (!Cases.areSmall()) {
      checkRecorded(opCase, values, upstream, first);
    }
  }

  /** The output, then each input's gradient (empty for those without). */
  private float[][] run(OpCase opCase, float[][] values, double[] upstream) {
    try (Scope scope = device.scope()) {
      Tensor[] inputs = opCase.tensors(device, values);
      Tensor dy = Tensor.of(device, narrow(upstream), upstream.length);
      return results(inputs, step(opCase, inputs, dy));
    }
  }

  private void checkRecorded(
      OpCase opCase, float[][] values, double[] upstream, float[][] expected) {
    try (Scope scope = device.scope()) {
      Tensor[] inputs = opCase.tensors(device, values);
      Tensor dy = Tensor.of(device, narrow(upstream), upstream.length);
      Recording recording = device.record(in -> List.of(step(opCase, inputs, dy)));
      for (String when : List.of("unrecorded", "recorded", "replayed")) {
        // optimizers change their parameters
        for (int i = 0; i < inputs.length; i++) {
          inputs[i].write(values[i]);
        }
        Tensor y = recording.run().get(0);
        if (when.equals("replayed") && opCase.varies()) {
          return;
        }
        float[][] again = results(inputs, y);
        for (int i = 0; i < expected.length; i++) {
          assertThat(again[i]).as("%s: the same bits %s", opCase, when).isEqualTo(expected[i]);
        }
      }
    }
  }

  private static Tensor step(OpCase opCase, Tensor[] inputs, Tensor dy) {
    for (Tensor input : inputs) {
      input.clearGrad();
    }
    Tensor y = opCase.run(inputs);
    if (y.requiresGrad()) {
      y.backward(dy.view(y.shape()));
    }
    return y;
  }

  private static float[][] results(Tensor[] inputs, Tensor y) {
    float[][] results = new float[inputs.length + 1][];
    results[0] = y.toFloats();
    for (int i = 0; i < inputs.length; i++) {
      Tensor grad = inputs[i].grad();
      results[i + 1] = grad == null ? new float[0] : grad.toFloats();
    }
    return results;
  }

  private static float[] narrow(double[] values) {
    float[] narrow = new float[values.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (float) values[i];
    }
    return narrow;
  }

  private static void checkGradient(
      OpCase opCase, float[][] values, double[] upstream, int input, float[] actual) {
    int size = values[input].length;
    assertThat(actual).as("%s: gradient of input %d", opCase, input).hasSize(size);
    double affordable = WORK / Math.max(opCase.flops(), opCase.elements());
    int checked = (int) Math.max(LEAST_CHECKED, Math.min(MOST_CHECKED, affordable));
    // an odd stride, so that the elements checked do not all lie in one column
    int stride = size <= checked ? 1 : size / checked | 1;
    double[] expected = new double[(size + stride - 1) / stride];
    float[] sampled = new float[expected.length];
    double[][] moved = widen(values);
    for (int i = 0; i < expected.length; i++) {
      int at = i * stride;
      double x = moved[input][at];
      moved[input][at] = x + STEP;
      double above = dot(opCase.expect(moved), upstream);
      moved[input][at] = x - STEP;
      double below = dot(opCase.expect(moved), upstream);
      moved[input][at] = x;
      expected[i] = (above - below) / (2 * STEP);
      sampled[i] = actual[at];
    }
    compare(opCase + " gradient of input " + input, sampled, expected);
  }

  private static void compare(String what, float[] actual, double[] expected) {
    assertThat(actual).as(what).hasSize(expected.length);
    double scale = 1;
    for (double value : expected) {
      scale = Double.isFinite(value) ? Math.max(scale, Math.abs(value)) : scale;
    }
    for (int i = 0; i < actual.length; i++) {
      boolean same =
          Double.isFinite(expected[i])
              ? Math.abs(actual[i] - expected[i]) <= TOLERANCE * scale
              : Double.compare(actual[i], expected[i]) == 0;
      if (!same) {
        throw new AssertionError(
            what + ": element " + i + " is " + actual[i] + ", expected " + expected[i]);
      }
    }
  }

  private static double[] upstream(int size) {
    SplittableRandom random = new SplittableRandom(7);
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    return values;
  }

  private static double[][] widen(float[][] values) {
    double[][] wide = new double[values.length][];
    for (int i = 0; i < values.length; i++) {
      wide[i] = new double[values[i].length];
      for (int j = 0; j < wide[i].length; j++) {
        wide[i][j] = values[i][j];
      }
    }
    return wide;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
