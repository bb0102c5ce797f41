package dev.kiln.cases;

import dev.kiln.Shape;
import dev.kiln.backend.Rows;
import dev.kiln.ops.Reduce;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What works along one dimension: reductions and softmax, over every dimension of each shape. */
final class RowCases {
  private static final int[][] SHAPES = {
    {1},
    {7},
    {257},
    {1, 1},
    {5, 7},
    {31, 33},
    {3, 4, 5},
    {2, 3, 4, 5},
    {64, 10},
    {3, 1000},
    {1031, 3},
    {2, 5000}
  };

  private RowCases() {}

  static Stream<OpCase> all() {
    Stream<OpCase> along =
        Stream.of(SHAPES)
            .flatMap(s -> IntStream.range(0, s.length).boxed().flatMap(dim -> along(s, dim)));
    return Stream.of(along, several(), empty()).flatMap(cases -> cases);
  }

  static Stream<OpCase> along(int[] s, int dim) {
    Rows rows = Rows.along(Shape.of(s), dim);
    return Stream.of(
        OpCase.of("sum", dim)
            .input(s)
            .forward(x -> x[0].sum(dim))
            .oracle(x -> Oracle.rows(rows, 1, x[0], (row, i) -> sum(row, 1))),
        OpCase.of("mean", dim)
            .input(s)
            .forward(x -> x[0].mean(dim))
            .oracle(x -> Oracle.rows(rows, 1, x[0], (row, i) -> sum(row, 1.0 / row.length))),
        OpCase.of("max", dim)
            .input(OpCase.Values.DISTINCT, s)
            .forward(x -> x[0].max(dim).values())
            .oracle(
                x ->
                    Oracle.rows(
                        rows,
                        1,
                        x[0],
                        (row, i) -> new double[] {Arrays.stream(row).max().getAsDouble()})),
        OpCase.of("softmax", dim)
            .input(s)
            .forward(x -> x[0].softmax(dim))
            .oracle(x -> Oracle.rows(rows, rows.n(), x[0], (row, i) -> Oracle.softmax(row))),
        OpCase.of("log_softmax", dim)
            .input(s)
            .forward(x -> x[0].logSoftmax(dim))
            .oracle(x -> Oracle.rows(rows, rows.n(), x[0], (row, i) -> Oracle.logSoftmax(row))));
  }

  private static double[] sum(double[] row, double scale) {
    return new double[] {scale * DoubleStream.of(row).sum()};
  }

  private static Stream<OpCase> several() {
    return Stream.of(
        OpCase.of("sum", "all").input(5, 7, 11).forward(x -> x[0].sum()).oracle(x -> sum(x[0], 1)),
        OpCase.of("mean", "all")
            .input(64, 1000)
            .forward(x -> x[0].mean())
            .oracle(x -> sum(x[0], 1.0 / 64000)),
        OpCase.of("max", "all")
            .input(OpCase.Values.DISTINCT, 33, 17)
            .forward(x -> x[0].max())
            .oracle(x -> new double[] {Arrays.stream(x[0]).max().getAsDouble()}),
        OpCase.of("sum", "0 2 kept")
            .input(3, 4, 5)
            .forward(x -> Reduce.sum(x[0], true, 0, -1))
            .oracle(
                x -> {
                  double[] y = new double[4];
                  for (int i = 0; i < 60; i++) {
                    y[i / 5 % 4] += x[0][i];
                  }
                  return y;
                }),
        OpCase.of("mean", "0 2 3")
            .input(2, 3, 4, 5)
            .forward(x -> x[0].mean(0, 2, 3))
            .oracle(
                x -> {
                  double[] y = new double[3];
                  for (int i = 0; i < 120; i++) {
                    y[i / 20 % 3] += x[0][i] / 40;
                  }
                  return y;
                }));
  }

  private static Stream<OpCase> empty() {
    return Stream.of(
        OpCase.of("sum", "of nothing")
            .input(3, 0)
            .forward(x -> x[0].sum(1))
            .oracle(x -> new double[3]),
        OpCase.of("sum", "all of nothing")
            .input(0)
            .forward(x -> x[0].sum())
            .oracle(x -> new double[1]),
        OpCase.of("softmax", "of no rows")
            .input(0, 3)
            .forward(x -> x[0].softmax(1))
            .oracle(x -> new double[0]));
  }
}
