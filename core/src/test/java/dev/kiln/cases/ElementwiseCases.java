package dev.kiln.cases;

import dev.kiln.Generator;
import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.backend.Broadcast;
import dev.kiln.ops.Dropout;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Functions of single elements, with broadcasting where there are two. */
final class ElementwiseCases {
  private static final int[][] SHAPES = {
    {}, {1}, {7}, {31, 33}, {2, 3, 5, 7}, {1025}, {3, 0}, {64, 257}
  };

  private static final int[][][] PAIRS = {
    {{}, {3}},
    {{3, 4}, {4}},
    {{4}, {3, 4}},
    {{7, 13}, {7, 13}},
    {{5, 1}, {1, 7}},
    {{2, 1, 5}, {3, 1}},
    {{2, 3, 5, 7}, {3, 1, 1}},
    {{4, 3, 2}, {1, 3, 1}},
    {{0, 3}, {3}},
    {{2, 1, 3, 1, 2}, {1, 2, 1, 3, 1}},
    {{1}, {2, 3}},
    {{1031}, {}},
    {{33, 65}, {33, 1}}
  };

  private ElementwiseCases() {}

  static Stream<OpCase> all() {
    return Stream.of(unary(), functions(), binary(), numbers(), dropout()).flatMap(cases -> cases);
  }

  private static Stream<OpCase> unary() {
    return Stream.of(SHAPES)
        .flatMap(
            s ->
                Stream.of(
                    OpCase.of("relu")
                        .input(OpCase.Values.DISTINCT, s)
                        .forward(x -> x[0].relu())
                        .oracle(x -> Oracle.map(x[0], v -> Math.max(v, 0))),
                    OpCase.of("sigmoid")
                        .input(OpCase.Values.DISTINCT, s)
                        .forward(x -> x[0].sigmoid())
                        .oracle(x -> Oracle.map(x[0], v -> 1 / (1 + Math.exp(-v)))),
                    OpCase.of("tanh")
                        .input(OpCase.Values.DISTINCT, s)
                        .forward(x -> x[0].tanh())
                        .oracle(x -> Oracle.map(x[0], Math::tanh))));
  }

  /** Slopes jump, where they do, between the values drawn. */
  private static Stream<OpCase> functions() {
    return Stream.of(SHAPES)
        .flatMap(
            s ->
                Stream.of(
                    function("leaky_relu", s, x -> x.leakyRelu(0.2f), v -> v > 0 ? v : 0.2f * v),
                    function("elu", s, x -> x.elu(0.3f), v -> v > 0 ? v : 0.3f * Math.expm1(v)),
                    function("gelu", s, Tensor::gelu, Oracle::gelu),
                    function("gelu_tanh", s, Tensor::geluTanh, Oracle::geluTanh),
                    function("softplus", s, Tensor::softplus, v -> Math.log1p(Math.exp(v))),
                    function(
                        "softplus steep",
                        s,
                        x -> x.softplus(8, 10.01f),
                        v -> v * 8 > 10.01 ? v : Math.log1p(Math.exp(8 * v)) / 8),
                    function("silu", s, Tensor::silu, v -> v / (1 + Math.exp(-v))),
                    function(
                        "hard_sigmoid",
                        s,
                        x -> x.mul(3.1f).hardSigmoid(),
                        v -> Oracle.gate(3.1f * v)),
                    function(
                        "hard_swish",
                        s,
                        x -> x.mul(3.1f).hardSwish(),
                        v -> 3.1f * v * Oracle.gate(3.1f * v)),
                    function(
                        "hard_tanh",
                        s,
                        x -> x.mul(1.1f).hardTanh(),
                        v -> Math.min(Math.max(1.1f * v, -1), 1)),
                    function(
                        "relu6",
                        s,
                        x -> x.mul(7.1f).relu6(),
                        v -> Math.min(Math.max(7.1f * v, 0), 6)),
                    function("exp", s, Tensor::exp, Math::exp),
                    function("abs", s, Tensor::abs, Math::abs),
                    function("square", s, Tensor::square, v -> v * v),
                    function(
                        "clamp",
                        s,
                        x -> x.clamp(-0.513f, 1.0307f),
                        v -> Math.min(Math.max(v, -0.513f), 1.0307f)),
                    function("clamp min", s, x -> x.clampMin(0.2017f), v -> Math.max(v, 0.2017f)),
                    function("clamp max", s, x -> x.clampMax(0.2017f), v -> Math.min(v, 0.2017f)),
                    function("pow 3", s, x -> x.pow(3), v -> v * v * v),
                    function("pow 0", s, x -> x.pow(0), v -> 1),
                    positive("log", s, Tensor::log, Math::log),
                    positive("sqrt", s, Tensor::sqrt, Math::sqrt),
                    positive("rsqrt", s, Tensor::rsqrt, v -> 1 / Math.sqrt(v)),
                    positive("reciprocal", s, Tensor::reciprocal, v -> 1 / v),
                    positive("pow 2", s, x -> x.pow(2), v -> v * v),
                    positive("pow -0.5", s, x -> x.pow(-0.5f), v -> 1 / Math.sqrt(v)),
                    positive("pow 1.7", s, x -> x.pow(1.7f), v -> Math.pow(v, 1.7f))));
  }

  private static OpCase function(
      String op, int[] shape, UnaryOperator<Tensor> f, DoubleUnaryOperator slow) {
    return function(op, OpCase.Values.DISTINCT, shape, f, slow);
  }

  private static OpCase positive(
      String op, int[] shape, UnaryOperator<Tensor> f, DoubleUnaryOperator slow) {
    return function(op, OpCase.Values.POSITIVE, shape, f, slow);
  }

  /**
   * @param name the op, and what is special
   */
  private static OpCase function(
      String name,
      OpCase.Values values,
      int[] shape,
      UnaryOperator<Tensor> f,
      DoubleUnaryOperator slow) {
    String[] words = name.split(" ");
    return OpCase.of(words[0], words.length > 1 ? words[1] : "")
        .input(values, shape)
        .forward(x -> f.apply(x[0]))
        .oracle(x -> Oracle.map(x[0], slow));
  }

  private static Stream<OpCase> binary() {
    return Stream.of(PAIRS)
        .flatMap(
            p ->
                Stream.of(
                    pair("add", p, Tensor::add, (a, b) -> a + b),
                    pair("sub", p, Tensor::sub, (a, b) -> a - b),
                    pair("mul", p, Tensor::mul, (a, b) -> a * b),
                    pair("div", p, Tensor::div, (a, b) -> a / b),
                    pair("maximum", p, Tensor::maximum, Math::max),
                    pair("minimum", p, Tensor::minimum, Math::min),
                    pair("pow", p, (a, b) -> a.exp().pow(b), (a, b) -> Math.exp(a * b))));
  }

  static OpCase pair(
      String op, int[][] shapes, BinaryOperator<Tensor> f, DoubleBinaryOperator slow) {
    Shape a = Shape.of(shapes[0]);
    Shape b = Shape.of(shapes[1]);
    Shape y = Shape.broadcast(op, a, b);
    return OpCase.of(op)
        .input(shapes[0])
        .input(OpCase.Values.POSITIVE, shapes[1])
        .forward(x -> f.apply(x[0], x[1]))
        .oracle(
            x ->
                Oracle.binary(
                    y.toArray(),
                    Broadcast.strides(a, y),
                    Broadcast.strides(b, y),
                    x[0],
                    x[1],
                    slow));
  }

  private static Stream<OpCase> numbers() {
    return Stream.of(
        OpCase.of("scale", "2x + 3")
            .input(5, 7)
            .forward(x -> x[0].mul(2).add(3))
            .oracle(x -> Oracle.map(x[0], v -> 2 * v + 3)),
        OpCase.of("add", "a tensor to itself")
            .input(5, 7)
            .forward(x -> x[0].add(x[0]))
            .oracle(x -> Oracle.map(x[0], v -> v + v)),
        OpCase.of("mul", "a tensor by itself")
            .input(5, 7)
            .forward(x -> x[0].mul(x[0]))
            .oracle(x -> Oracle.map(x[0], v -> v * v)));
  }

  private static Stream<OpCase> dropout() {
    OpCase channels =
        OpCase.of("dropout2d")
            .input(3, 5, 4, 7)
            .forward(x -> Dropout.channels(x[0], 0.25f, new Generator(9, 1)))
            .oracle(x -> dropped(x[0], 28, 0.25f, 9, 1))
            .varying();
    Stream<OpCase> elements =
        Stream.of(SHAPES).flatMap(s -> Stream.of(0f, 0.25f, 0.5f, 1f).map(p -> dropout(p, s)));
    return Stream.concat(elements, Stream.of(channels));
  }

  private static OpCase dropout(float p, int[] shape) {
    long stream = 1L << 33 | 5;
    return OpCase.of("dropout", p)
        .input(shape)
        .forward(x -> Dropout.apply(x[0], p, new Generator(-42, stream)))
        .oracle(x -> dropped(x[0], 1, p, -42, stream))
        .varying();
  }

  private static double[] dropped(double[] x, int inner, float p, long seed, long stream) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = Oracle.uniform(seed, stream, i / inner) < p ? 0 : x[i] / (1 - p);
    }
    return y;
  }
}
