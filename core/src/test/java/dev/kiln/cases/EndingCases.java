package dev.kiln.cases;

import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.Unary;
import dev.kiln.cases.OpCase.Values;
import dev.kiln.ops.Conv2d;
import dev.kiln.ops.Conv2dOptions;
import dev.kiln.ops.Linear;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Layers with a residual and a function in the same call. */
final class EndingCases {
  private EndingCases() {}

  /** A function as the backend has it and as the oracle has it. */
  private record Function(String name, @Nullable Unary of, DoubleUnaryOperator slow) {
    double[] over(double[] x) {
      double[] y = x.clone();
      for (int i = 0; i < y.length; i++) {
        y[i] = slow.applyAsDouble(y[i]);
      }
      return y;
    }
  }

  private static final Function PLAIN = new Function("", null, x -> x);
  private static final Function RELU = new Function("relu", Unary.RELU, x -> Math.max(x, 0));
  private static final Function GELU = new Function("gelu", Unary.GELU, EndingCases::gelu);
  private static final Function GELU_TANH =
      new Function("gelu_tanh", Unary.GELU_TANH, Oracle::geluTanh);

  /** The oracle's series, where it has not gone astray. */
  private static double gelu(double x) {
    return Math.abs(x) < 5.5 ? Oracle.gelu(x) : Math.max(x, 0);
  }

  static Stream<OpCase> all() {
    return Stream.concat(linear(), conv());
  }

  /** Rows, in, out. */
  private static Stream<OpCase> linear() {
    return Stream.of(
            new int[] {1, 1, 1},
            new int[] {7, 13, 5},
            new int[] {0, 4, 3},
            new int[] {3, 0, 5},
            new int[] {1, 127, 31},
            new int[] {1, 300, 129},
            new int[] {2, 331, 67},
            new int[] {13, 16, 33},
            new int[] {64, 65, 33},
            new int[] {33, 100, 129},
            new int[] {127, 784, 31},
            new int[] {65, 260, 128})
        .flatMap(
            s ->
                Stream.of(
                    linear(s, false, true, RELU),
                    linear(s, true, true, RELU),
                    linear(s, true, true, PLAIN),
                    linear(s, true, true, GELU),
                    linear(s, true, false, GELU),
                    linear(s, false, false, GELU_TANH)));
  }

  /**
   * @param wanted whether gradients are: GELU is in the product's call only where they are not
   */
  private static OpCase linear(int[] s, boolean residual, boolean wanted, Function f) {
    OpCase made = OpCase.of("linear_ending", f.name(), residual ? "residual" : "");
    operand(made, wanted, s[0], s[1]);
    operand(made, wanted, s[2], s[1]);
    operand(made, wanted, s[2]);
    if (residual) {
      operand(made, wanted, s[0], s[2]);
    }
    return made.forward(x -> Linear.apply(x[0], x[1], x[2], residual ? x[3] : null, f.of()))
        .oracle(
            x -> {
              double[] y = Oracle.gemm(s[0], s[2], s[1], false, true, x[0], x[1]);
              for (int i = 0; i < y.length; i++) {
                y[i] += x[2][i % s[2]] + (residual ? x[3][i] : 0);
              }
              return f.over(y);
            })
        .flops(2.0 * s[0] * s[1] * s[2]);
  }

  /** Of every way that a backend computes a convolution. */
  private static Stream<OpCase> conv() {
    Conv2dOptions plain = Conv2dOptions.DEFAULT;
    return Stream.of(
            new Conv(1, 1, 1, 1, 1, 1, 1, plain),
            new Conv(2, 1, 28, 28, 10, 5, 5, plain),
            new Conv(2, 3, 9, 7, 4, 3, 3, plain.padding(1)),
            new Conv(1, 2, 14, 15, 3, 2, 5, plain.stride(2, 3)),
            new Conv(3, 5, 6, 7, 8, 1, 1, plain),
            new Conv(2, 5, 6, 7, 8, 1, 1, plain.stride(2)),
            new Conv(2, 6, 8, 9, 6, 3, 3, plain.padding(1).groups(6)),
            new Conv(2, 8, 9, 7, 16, 3, 3, plain.padding(1).groups(2)),
            new Conv(2, 6, 15, 14, 12, 3, 3, plain.stride(2).padding(1).groups(6)),
            new Conv(0, 3, 6, 6, 4, 3, 3, plain),
            new Conv(1, 17, 9, 9, 19, 3, 3, plain.padding(1)),
            new Conv(3, 32, 14, 14, 64, 3, 3, plain.padding(1)),
            new Conv(1, 88, 12, 12, 20, 5, 5, plain),
            new Conv(33, 4, 3, 5, 6, 1, 1, plain),
            new Conv(1, 2, 1, 141, 5, 1, 7, plain.padding(0, 3)),
            new Conv(2, 9, 6, 17, 11, 5, 3, plain.padding(2, 1)))
        .flatMap(
            c ->
                Stream.of(
                    c.ending(false, true, RELU),
                    c.ending(true, true, RELU),
                    c.ending(true, false, GELU),
                    c.ending(false, false, GELU_TANH)));
  }

  /** The shapes of {@link ConvCases#conv}. */
  private record Conv(int n, int in, int h, int w, int out, int kh, int kw, Conv2dOptions o) {
    OpCase ending(boolean residual, boolean wanted, Function f) {
      Conv2dSpec spec = ConvCases.spec(n, in, h, w, out, kh, kw, o);
      OpCase made =
          OpCase.of("conv2d_ending", f.name(), residual ? "residual" : "", "g", o.groups());
      operand(made, wanted, n, in, h, w);
      operand(made, wanted, out, in / o.groups(), kh, kw);
      operand(made, wanted, out);
      if (residual) {
        operand(made, wanted, n, out, spec.outHeight(), spec.outWidth());
      }
      return made.forward(x -> Conv2d.apply(x[0], x[1], x[2], o, residual ? x[3] : null, f.of()))
          .oracle(
              x -> {
                double[] y = Oracle.conv2d(spec, x[0], x[1], x[2]);
                for (int i = 0; i < y.length; i++) {
                  y[i] += residual ? x[3][i] : 0;
                }
                return f.over(y);
              })
          .flops(spec.flops());
    }
  }

  private static void operand(OpCase made, boolean wanted, int... shape) {
    if (wanted) {
      made.input(shape);
    } else {
      made.constant(Values.SIGNED, shape);
    }
  }
}
