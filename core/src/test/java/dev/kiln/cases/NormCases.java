package dev.kiln.cases;

import dev.kiln.Tensor;
import dev.kiln.ops.BatchNorm;
import java.util.stream.Stream;

/** Batch norm in training and evaluation, with and without weights. */
final class NormCases {
  private static final float EPS = 1e-5f;
  private static final double[] NONE = {};

  private NormCases() {}

  static Stream<OpCase> all() {
    return Stream.of(
            new int[] {2, 1, 1, 1},
            new int[] {1, 3, 2, 2},
            new int[] {4, 3, 5, 7},
            new int[] {17, 5, 1, 1},
            new int[] {3, 33, 4, 4},
            new int[] {6, 13},
            new int[] {8, 2, 28, 28},
            new int[] {2, 1, 65, 67})
        .flatMap(s -> Stream.of(train(s), trainPlain(s), eval(s)));
  }

  private static int inner(int[] s) {
    return s.length == 2 ? 1 : s[2] * s[3];
  }

  private static OpCase train(int[] s) {
    return OpCase.of("batch_norm", "train")
        .input(s)
        .input(OpCase.Values.POSITIVE, s[1])
        .input(s[1])
        .forward(
            x -> {
              Tensor mean = Tensor.zeros(x[0].device(), s[1]);
              Tensor variance = Tensor.ones(x[0].device(), s[1]);
              return BatchNorm.train(x[0], x[1], x[2], mean, variance, 0.1f, EPS);
            })
        .oracle(x -> Oracle.batchNorm(s[0], s[1], inner(s), EPS, x[0], x[1], x[2], NONE, NONE));
  }

  private static OpCase trainPlain(int[] s) {
    return OpCase.of("batch_norm", "train plain")
        .input(s)
        .forward(x -> BatchNorm.train(x[0], null, null, null, null, 0.1f, EPS))
        .oracle(x -> Oracle.batchNorm(s[0], s[1], inner(s), EPS, x[0], NONE, NONE, NONE, NONE));
  }

  private static OpCase eval(int[] s) {
    return OpCase.of("batch_norm", "eval")
        .input(s)
        .input(OpCase.Values.POSITIVE, s[1])
        .input(s[1])
        .constant(OpCase.Values.SIGNED, s[1])
        .constant(OpCase.Values.POSITIVE, s[1])
        .forward(x -> BatchNorm.eval(x[0], x[1], x[2], x[3], x[4], EPS))
        .oracle(x -> Oracle.batchNorm(s[0], s[1], inner(s), EPS, x[0], x[1], x[2], x[3], x[4]));
  }
}
