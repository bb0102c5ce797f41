package dev.kiln.cases;

import dev.kiln.Device;
import dev.kiln.Shape;
import dev.kiln.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * One op on one set of shapes: what goes in, what the backend does with it, and what slow
 * double-precision Java says should come out. It drives the correctness test, the gradient check
 * and the benchmark alike.
 */
public final class OpCase {
  private final String op;
  private final String what;
  private final List<Input> inputs = new ArrayList<>();
  private Function<Tensor[], Tensor> forward = x -> x[0];
  private Function<double[][], double[]> oracle = x -> x[0];
  private double flops;
  private boolean varies;

  /** How an input's values are drawn. */
  public enum Values {
    /** Uniform in [-1, 1). */
    SIGNED,
    /** Uniform in [0.5, 2): what can be divided by. */
    POSITIVE,
    /** All different, well apart, and none near 0: no ties for max, no kink for relu. */
    DISTINCT
  }

  /** An operand; those that are not differentiable get no gradient and no check of it. */
  record Input(Shape shape, Values values, boolean differentiable) {}

  private OpCase(String op, String what) {
    this.op = op;
    this.what = what;
  }

  public static OpCase of(String op, Object... what) {
    StringBuilder text = new StringBuilder();
    for (Object part : what) {
      text.append(text.length() == 0 ? "" : " ")
          .append(part instanceof int[] extents ? Arrays.toString(extents) : part);
    }
    return new OpCase(op, text.toString());
  }

  public OpCase input(int... shape) {
    return input(Values.SIGNED, shape);
  }

  public OpCase input(Values values, int... shape) {
    inputs.add(new Input(Shape.of(shape), values, true));
    return this;
  }

  public OpCase constant(Values values, int... shape) {
    inputs.add(new Input(Shape.of(shape), values, false));
    return this;
  }

  public OpCase forward(Function<Tensor[], Tensor> op) {
    forward = op;
    return this;
  }

  public OpCase oracle(Function<double[][], double[]> slow) {
    oracle = slow;
    return this;
  }

  /**
   * Floating-point operations of the forward pass: what a check costs, what a benchmark divides by.
   */
  public OpCase flops(double count) {
    flops = count;
    return this;
  }

  /** Says that the op gives other results each time: it counts its steps or its draws. */
  OpCase varying() {
    varies = true;
    return this;
  }

  boolean varies() {
    return varies;
  }

  public String op() {
    return op;
  }

  public double flops() {
    return flops;
  }

  /** Elements of all inputs: what a slow checker can afford depends on it. */
  public long elements() {
    return inputs.stream().mapToLong(input -> input.shape().size()).sum();
  }

  List<Input> inputs() {
    return inputs;
  }

  /** The inputs' values, the same every time. */
  public float[][] draw() {
    SplittableRandom random = new SplittableRandom(toString().hashCode());
    float[][] values = new float[inputs.size()][];
    for (int i = 0; i < values.length; i++) {
      values[i] = draw(inputs.get(i), random);
    }
    return values;
  }

  private static float[] draw(Input input, SplittableRandom random) {
    float[] values = new float[input.shape().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (input.values()) {
            case SIGNED -> (float) (2 * random.nextDouble() - 1);
            case POSITIVE -> (float) (0.5 + 1.5 * random.nextDouble());
            case DISTINCT -> (i + 1f) / (values.length + 1) * ((i & 1) == 0 ? 1 : -1) * 2;
          };
    }
    if (input.values() == Values.DISTINCT) {
      for (int i = values.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        float swap = values[i];
        values[i] = values[j];
        values[j] = swap;
      }
    }
    return values;
  }

  /** The inputs as tensors; the differentiable ones require gradients. */
  public Tensor[] tensors(Device device, float[][] values) {
    Tensor[] tensors = new Tensor[values.length];
    for (int i = 0; i < values.length; i++) {
      Input input = inputs.get(i);
      tensors[i] =
          Tensor.of(device, values[i].clone(), input.shape().toArray())
              .requiresGrad(input.differentiable());
    }
    return tensors;
  }

  public Tensor run(Tensor[] tensors) {
    return forward.apply(tensors);
  }

  double[] expect(double[][] values) {
    return oracle.apply(values);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(op).append(' ').append(what);
    for (Input input : inputs) {
      text.append(' ').append(input.shape().toString().replace(" ", ""));
    }
    return text.toString();
  }
}
