package dev.kiln.cases;

import dev.kiln.Shape;
import dev.kiln.backend.Rows;
import dev.kiln.ops.GroupNorm;
import dev.kiln.ops.LayerNorm;
import dev.kiln.ops.Reduce;
import dev.kiln.ops.Variance;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Variances, deviations and minima over dimensions, layer and group normalization. */
final class StatisticsCases {
  private static final int[][] SHAPES = {
    {7}, {257}, {5, 7}, {31, 33}, {3, 4, 5}, {2, 3, 4, 5}, {1031, 3}, {2, 5000}
  };

  private StatisticsCases() {}

  static Stream<OpCase> all() {
    Stream<OpCase> along =
        Stream.of(SHAPES)
            .flatMap(s -> IntStream.range(0, s.length).boxed().flatMap(dim -> along(s, dim)));
    return Stream.of(along, several(), layerNorms(), groupNorms()).flatMap(cases -> cases);
  }

  private static Stream<OpCase> along(int[] s, int dim) {
    Rows rows = Rows.along(Shape.of(s), dim);
    return Stream.of(
        OpCase.of("var", dim)
            .input(s)
            .forward(x -> x[0].var(dim))
            .oracle(x -> each(rows, x[0], row -> variance(row, 1))),
        OpCase.of("var", dim, "biased")
            .input(s)
            .forward(x -> Variance.var(x[0], false, true, dim))
            .oracle(x -> each(rows, x[0], row -> variance(row, 0))),
        OpCase.of("std", dim)
            .input(s)
            .forward(x -> x[0].std(dim))
            .oracle(x -> each(rows, x[0], row -> Math.sqrt(variance(row, 1)))),
        OpCase.of("min", dim)
            .input(OpCase.Values.DISTINCT, s)
            .forward(x -> x[0].min(dim).values())
            .oracle(x -> each(rows, x[0], row -> Arrays.stream(row).min().getAsDouble())));
  }

  private static Stream<OpCase> several() {
    return Stream.of(
        OpCase.of("var", "all")
            .input(5, 7, 3)
            .forward(x -> x[0].var())
            .oracle(x -> new double[] {variance(x[0], 1)}),
        OpCase.of("min", "all")
            .input(OpCase.Values.DISTINCT, 33, 17)
            .forward(x -> Reduce.min(x[0]))
            .oracle(x -> new double[] {Arrays.stream(x[0]).min().getAsDouble()}));
  }

  private interface OfRow {
    double apply(double[] row);
  }

  private static double[] each(Rows rows, double[] x, OfRow f) {
    return Oracle.rows(rows, 1, x, (row, i) -> new double[] {f.apply(row)});
  }

  private static double variance(double[] row, int lost) {
    double mean = Arrays.stream(row).average().getAsDouble();
    return Arrays.stream(row).map(v -> (v - mean) * (v - mean)).sum() / (row.length - lost);
  }

  private static Stream<OpCase> layerNorms() {
    return Stream.of(
            new int[][] {{1, 2}, {2}},
            new int[][] {{5, 13}, {13}},
            new int[][] {{4, 3, 5}, {3, 5}},
            new int[][] {{2, 3, 33}, {33}},
            new int[][] {{3, 1031}, {1031}},
            new int[][] {{700, 9}, {9}},
            new int[][] {{257, 64}, {64}},
            new int[][] {{6, 4}, {6, 4}},
            new int[][] {{0, 4}, {4}})
        .flatMap(s -> Stream.of(layerNorm(s[0], s[1]), plainLayerNorm(s[0], s[1])));
  }

  private static OpCase layerNorm(int[] shape, int[] normalized) {
    return OpCase.of("layer_norm")
        .input(shape)
        .input(OpCase.Values.POSITIVE, normalized)
        .input(normalized)
        .forward(x -> LayerNorm.apply(x[0], Shape.of(normalized), x[1], x[2], 1e-3f))
        .oracle(x -> slow(x[0], x[1], x[2]));
  }

  private static OpCase plainLayerNorm(int[] shape, int[] normalized) {
    double[] ones = new double[Shape.of(normalized).size()];
    Arrays.fill(ones, 1);
    return OpCase.of("layer_norm", "plain")
        .input(shape)
        .forward(x -> LayerNorm.apply(x[0], Shape.of(normalized), null, null, 1e-3f))
        .oracle(x -> slow(x[0], ones, new double[ones.length]));
  }

  private static Stream<OpCase> groupNorms() {
    return Stream.of(
            groupNorm(1, 4, 3, 9),
            groupNorm(3, 2, 6, 5, 7),
            groupNorm(4, 2, 4, 3, 3),
            groupNorm(2, 5, 8),
            groupNorm(2, 0, 4, 3),
            groupNorm(8, 1, 16, 11, 13))
        .flatMap(cases -> cases);
  }

  private static Stream<OpCase> groupNorm(int groups, int... shape) {
    int channels = shape[1];
    double[] ones = new double[channels];
    Arrays.fill(ones, 1);
    return Stream.of(
        OpCase.of("group_norm", groups)
            .input(shape)
            .input(OpCase.Values.POSITIVE, channels)
            .input(channels)
            .forward(x -> GroupNorm.apply(x[0], groups, x[1], x[2], 1e-3f))
            .oracle(x -> slow(groups, shape, x[0], x[1], x[2])),
        OpCase.of("group_norm", groups, "plain")
            .input(shape)
            .forward(x -> GroupNorm.apply(x[0], groups, null, null, 1e-3f))
            .oracle(x -> slow(groups, shape, x[0], ones, new double[channels])));
  }

  private static double[] slow(
      int groups, int[] shape, double[] x, double[] weight, double[] bias) {
    int channels = shape[1];
    int plane = Shape.of(shape).size(2, shape.length);
    int n = channels / groups * plane;
    double[] y = new double[x.length];
    for (int from = 0; from < x.length; from += n) {
      double[] group = Arrays.copyOfRange(x, from, from + n);
      double mean = Arrays.stream(group).average().getAsDouble();
      double root = Math.sqrt(variance(group, 0) + 1e-3f);
      for (int i = from; i < from + n; i++) {
        int channel = i / plane % channels;
        y[i] = (x[i] - mean) / root * weight[channel] + bias[channel];
      }
    }
    return y;
  }

  private static double[] slow(double[] x, double[] weight, double[] bias) {
    int n = weight.length;
    return Oracle.rows(
        new Rows(x.length / n, n, 1),
        n,
        x,
        (row, index) -> {
          double mean = Arrays.stream(row).average().getAsDouble();
          double root = Math.sqrt(variance(row, 0) + 1e-3f);
          double[] y = new double[n];
          Arrays.setAll(y, i -> (row[i] - mean) / root * weight[i] + bias[i]);
          return y;
        });
  }
}
