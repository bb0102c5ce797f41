package dev.kiln.cases;

import dev.kiln.Tensor;
import dev.kiln.backend.Rows;
import dev.kiln.ops.CrossEntropy;
import dev.kiln.ops.NllLoss;
import dev.kiln.ops.Reduction;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Losses against classes, with weights, ignored labels, smoothing, pixels, and every reduction. */
final class LossCases {
  private LossCases() {}

  static Stream<OpCase> all() {
    return Stream.of(Reduction.values())
        .flatMap(
            reduction ->
                Stream.of(
                    loss(reduction, 0, false, -100, 1, 1, 1),
                    loss(reduction, 0, false, -100, 5, 3, 1),
                    loss(reduction, 0, false, -100, 64, 10, 1),
                    loss(reduction, 0.1f, false, -100, 7, 10, 1),
                    loss(reduction, 0, true, -100, 7, 10, 1),
                    loss(reduction, 0.2f, true, 2, 33, 5, 1),
                    loss(reduction, 0.2f, true, 1, 3, 4, 35),
                    loss(reduction, 0, false, -100, 2, 1000, 1),
                    loss(reduction, 0.1f, true, 3, 150, 32, 1),
                    loss(reduction, 0, true, 3, 5, 33, 1),
                    loss(reduction, 0, false, 1, 7, 6, 45),
                    loss(reduction, 0, false, -100, 2, 33, 19),
                    nll(reduction, false, -100, 1, 1, 1),
                    nll(reduction, false, -100, 64, 10, 1),
                    nll(reduction, true, 2, 33, 5, 1),
                    nll(reduction, true, 1, 3, 4, 35),
                    nll(reduction, false, -100, 2, 1000, 1)));
  }

  private static OpCase nll(
      Reduction reduction, boolean weighted, int ignore, int n, int classes, int inner) {
    int[] target = targets(n * inner, classes);
    double[] weight = weights(classes, weighted);
    int[] targetShape = inner == 1 ? new int[] {n} : new int[] {n, inner};
    return OpCase.of("nll_loss", reduction, weighted ? "weighted" : "", ignore)
        .input(inner == 1 ? new int[] {n, classes} : new int[] {n, classes, inner})
        .forward(
            x ->
                NllLoss.apply(
                    x[0],
                    Constants.of(x[0], target, targetShape),
                    weighted ? floats(x[0], weight) : null,
                    new NllLoss.Options(ignore, reduction)))
        .oracle(
            x -> {
              double[] losses =
                  Oracle.rows(
                      new Rows(n, classes, inner),
                      1,
                      x[0],
                      (row, i) -> {
                        int t = target[i];
                        return new double[] {t == ignore ? 0 : -weight[t] * row[t]};
                      });
              return reduced(losses, target, weight, ignore, reduction);
            });
  }

  private static int[] targets(int size, int classes) {
    int[] target = new int[size];
    Arrays.setAll(target, i -> i * 7 % classes);
    return target;
  }

  private static double[] weights(int classes, boolean weighted) {
    double[] weight = new double[classes];
    Arrays.setAll(weight, c -> weighted ? 0.5 + c % 3 : 1);
    return weight;
  }

  private static OpCase loss(
      Reduction reduction,
      float smoothing,
      boolean weighted,
      int ignore,
      int n,
      int classes,
      int inner) {
    int[] target = targets(n * inner, classes);
    double[] weight = weights(classes, weighted);
    int[] targetShape = inner == 1 ? new int[] {n} : new int[] {n, inner};
    CrossEntropy.Options options = new CrossEntropy.Options(ignore, smoothing, reduction);
    return OpCase.of("cross_entropy", reduction, smoothing, weighted ? "weighted" : "", ignore)
        .input(inner == 1 ? new int[] {n, classes} : new int[] {n, classes, inner})
        .forward(
            x ->
                CrossEntropy.apply(
                    x[0],
                    Constants.of(x[0], target, targetShape),
                    weighted ? floats(x[0], weight) : null,
                    options))
        .oracle(
            x ->
                slow(
                    new Rows(n, classes, inner),
                    x[0],
                    target,
                    weight,
                    ignore,
                    smoothing,
                    reduction));
  }

  private static @Nullable Tensor floats(Tensor like, double[] values) {
    float[] narrow = new float[values.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (float) values[i];
    }
    return Constants.of(like, narrow, narrow.length);
  }

  private static double[] slow(
      Rows rows,
      double[] x,
      int[] target,
      double[] weight,
      int ignore,
      double smoothing,
      Reduction reduction) {
    double[] losses =
        Oracle.rows(
            rows,
            1,
            x,
            (row, i) -> {
              double[] log = Oracle.logSoftmax(row);
              int t = target[i];
              double spread = 0;
              for (int c = 0; c < row.length; c++) {
                spread -= weight[c] * log[c] / row.length;
              }
              double loss = -(1 - smoothing) * weight[t] * log[t] + smoothing * spread;
              return new double[] {t == ignore ? 0 : loss};
            });
    return reduced(losses, target, weight, ignore, reduction);
  }

  private static double[] reduced(
      double[] losses, int[] target, double[] weight, int ignore, Reduction reduction) {
    if (reduction == Reduction.NONE) {
      return losses;
    }
    double counted =
        reduction == Reduction.SUM
            ? 1
            : Arrays.stream(target).mapToDouble(t -> t == ignore ? 0 : weight[t]).sum();
    return new double[] {Arrays.stream(losses).sum() / counted};
  }
}
