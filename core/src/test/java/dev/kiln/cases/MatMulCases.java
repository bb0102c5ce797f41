package dev.kiln.cases;

import dev.kiln.ops.Linear;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Matrix products around the edges of every tile, in all four transposes, batched and not. */
final class MatMulCases {
  private static final int[][] MNK = {
    {1, 1, 1},
    {2, 3, 5},
    {7, 1, 13},
    {1, 9, 31},
    {17, 13, 31},
    {31, 33, 32},
    {63, 65, 64},
    {64, 64, 64},
    {65, 63, 17},
    {127, 129, 9},
    {128, 128, 16},
    {129, 31, 100},
    {5, 300, 2},
    {300, 5, 2},
    {3, 4, 0},
    {0, 4, 3},
    {4, 0, 3},
    {8, 8, 1009},
    {256, 10, 256},
    {100, 257, 784},
    {0, 5, 100},
    {3, 33, 100},
    {1, 70, 130},
    {1, 330, 131},
    {27, 96, 64}
  };

  private MatMulCases() {}

  static Stream<OpCase> all() {
    return Stream.of(products(), batches(), vectors(), linear()).flatMap(cases -> cases);
  }

  private static Stream<OpCase> products() {
    return Stream.of(MNK)
        .flatMap(s -> IntStream.range(0, 4).mapToObj(t -> product(s[0], s[1], s[2], t)));
  }

  static OpCase product(int m, int n, int k, int transposes) {
    boolean ta = (transposes & 1) != 0;
    boolean tb = (transposes & 2) != 0;
    return OpCase.of("matmul", (ta ? "T" : "N") + (tb ? "T" : "N"))
        .input(ta ? k : m, ta ? m : k)
        .input(tb ? n : k, tb ? k : n)
        .forward(x -> x[0].matmul(x[1], ta, tb))
        .oracle(x -> Oracle.gemm(m, n, k, ta, tb, x[0], x[1]))
        .flops(2.0 * m * n * k);
  }

  private static Stream<OpCase> batches() {
    return IntStream.range(0, 4)
        .boxed()
        .flatMap(
            t ->
                Stream.of(
                    batch(3, 5, 7, 2, 3, 3, t),
                    batch(2, 17, 33, 9, 2, 1, t),
                    batch(4, 6, 5, 8, 1, 4, t),
                    batch(0, 2, 3, 4, 0, 0, t),
                    batch(2, 65, 66, 67, 2, 2, t)));
  }

  static OpCase batch(int batch, int m, int n, int k, int ofA, int ofB, int transposes) {
    boolean ta = (transposes & 1) != 0;
    boolean tb = (transposes & 2) != 0;
    return OpCase.of("matmul", "batched", (ta ? "T" : "N") + (tb ? "T" : "N"))
        .input(ofA, ta ? k : m, ta ? m : k)
        .input(ofB, tb ? n : k, tb ? k : n)
        .forward(x -> x[0].matmul(x[1], ta, tb))
        .oracle(
            x -> {
              double[] y = new double[batch * m * n];
              for (int i = 0; i < batch; i++) {
                double[] a = part(x[0], ofA == 1 ? 0 : i, m * k);
                double[] b = part(x[1], ofB == 1 ? 0 : i, k * n);
                System.arraycopy(Oracle.gemm(m, n, k, ta, tb, a, b), 0, y, i * m * n, m * n);
              }
              return y;
            });
  }

  private static double[] part(double[] x, int index, int size) {
    return java.util.Arrays.copyOfRange(x, index * size, (index + 1) * size);
  }

  private static Stream<OpCase> vectors() {
    return Stream.of(
        OpCase.of("matmul", "dot")
            .input(97)
            .input(97)
            .forward(x -> x[0].matmul(x[1]))
            .oracle(x -> Oracle.gemm(1, 1, 97, false, false, x[0], x[1])),
        OpCase.of("matmul", "row")
            .input(31)
            .input(31, 17)
            .forward(x -> x[0].matmul(x[1]))
            .oracle(x -> Oracle.gemm(1, 17, 31, false, false, x[0], x[1])),
        OpCase.of("matmul", "column")
            .input(2, 5, 31)
            .input(31)
            .forward(x -> x[0].matmul(x[1]))
            .oracle(x -> Oracle.gemm(10, 1, 31, false, false, x[0], x[1])));
  }

  private static Stream<OpCase> linear() {
    return Stream.of(
            new int[] {1, 1, 1},
            new int[] {7, 13, 5},
            new int[] {0, 4, 3},
            new int[] {64, 65, 33},
            new int[] {33, 100, 129},
            new int[] {256, 784, 10})
        .map(
            s ->
                OpCase.of("linear")
                    .input(s[0], s[1])
                    .input(s[2], s[1])
                    .input(s[2])
                    .forward(x -> Linear.apply(x[0], x[1], x[2]))
                    .oracle(
                        x -> {
                          double[] y = Oracle.gemm(s[0], s[2], s[1], false, true, x[0], x[1]);
                          for (int i = 0; i < y.length; i++) {
                            y[i] += x[2][i % s[2]];
                          }
                          return y;
                        })
                    .flops(2.0 * s[0] * s[1] * s[2]));
  }
}
