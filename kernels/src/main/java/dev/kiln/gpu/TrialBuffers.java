package dev.kiln.gpu;

import dev.kiln.DType;
import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The operands of a {@link Trial} on one backend; the same numbers on each. */
final class TrialBuffers implements AutoCloseable {
  private static final int SEED = 7;

  private final Trial trial;
  private final Backend backend;
  private final List<Buffer> in = new ArrayList<>();
  private final List<Buffer> out = new ArrayList<>();

  TrialBuffers(Trial trial, Backend backend) {
    this.trial = trial;
    this.backend = backend;
    try {
      for (Trial.Input input : trial.inputs()) {
        in.add(random(input, new SplittableRandom(SEED + in.size())));
      }
      for (Trial.Output output : trial.outputs()) {
        out.add(backend.allocate(output.ints() ? DType.INT32 : DType.FLOAT32, output.size()));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Buffer random(Trial.Input input, SplittableRandom random) {
    if (input.classes() > 0) {
      return backend.adopt(random.ints(input.size(), 0, input.classes()).toArray());
    }
    float[] values = new float[input.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * input.scale());
    }
    return backend.adopt(values);
  }

  void run() {
    trial.call().make(backend, in, out);
  }

  /** Runs it on outputs that hold what no result is, and waits. */
  List<double[]> results() {
    out.forEach(buffer -> backend.fill(buffer, buffer.dtype() == DType.INT32 ? -1 : Float.NaN));
    run();
    return out.stream().map(this::values).toList();
  }

  private double[] values(Buffer buffer) {
    double[] values = new double[buffer.size()];
    if (buffer.dtype() == DType.INT32) {
      int[] ints = new int[values.length];
      backend.download(buffer, IntBuffer.wrap(ints));
      for (int i = 0; i < values.length; i++) {
        values[i] = ints[i];
      }
    } else {
      float[] floats = new float[values.length];
      backend.download(buffer, FloatBuffer.wrap(floats));
      for (int i = 0; i < values.length; i++) {
        values[i] = floats[i];
      }
    }
    return values;
  }

  /** What is wrong with results, if anything is. */
  @Nullable String fault(List<double[]> results, List<double[]> reference) {
    for (int i = 0; i < results.size(); i++) {
      double tolerance = trial.outputs().get(i).tolerance();
      double[] actual = results.get(i);
      double[] expected = reference.get(i);
      for (int j = 0; j < expected.length; j++) {
        if (!(Math.abs(actual[j] - expected[j]) <= tolerance * (1 + Math.abs(expected[j])))) {
          return "element " + j + " of output " + i + " is " + actual[j] + ", not " + expected[j];
        }
      }
    }
    return null;
  }

  @Override
  public void close() {
    in.forEach(backend::release);
    out.forEach(backend::release);
  }
}
