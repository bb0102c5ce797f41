package dev.kiln.cases;

import dev.kiln.Tensor;
import dev.kiln.ops.PairwiseLoss;
import dev.kiln.ops.Reduction;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;

/** Losses between elements and their targets, with weights and every reduction. */
final class PairLossCases {
  private static final int[][] SHAPES = {{}, {1}, {7}, {31, 33}, {2, 3, 5, 7}, {1025}};

  private PairLossCases() {}

  private interface Loss {
    Tensor of(Tensor x, Tensor target, Reduction reduction);
  }

  static Stream<OpCase> all() {
    return Stream.of(SHAPES)
        .flatMap(s -> Stream.of(Reduction.values()).flatMap(reduction -> of(reduction, s)));
  }

  private static Stream<OpCase> of(Reduction reduction, int[] s) {
    return Stream.of(
        differences("mse_loss", reduction, s, PairwiseLoss::mse, d -> d * d),
        differences("l1_loss", reduction, s, PairwiseLoss::l1, Math::abs),
        differences(
            "smooth_l1_loss",
            reduction,
            s,
            (x, t, r) -> PairwiseLoss.smoothL1(x, t, 0.7013f, r),
            d -> bend(d, 0.7013f) / 0.7013f),
        differences(
            "smooth_l1_loss beta 0",
            reduction,
            s,
            (x, t, r) -> PairwiseLoss.smoothL1(x, t, 0, r),
            Math::abs),
        differences(
            "huber_loss",
            reduction,
            s,
            (x, t, r) -> PairwiseLoss.huber(x, t, 0.7013f, r),
            d -> bend(d, 0.7013f)),
        bce(reduction, s),
        weightedBce(reduction, s));
  }

  /** Huber's loss. */
  private static double bend(double d, double bound) {
    double size = Math.abs(d);
    return size < bound ? d * d / 2 : bound * (size - bound / 2);
  }

  /** Both sides get a gradient; the targets are so far away that no difference is 0. */
  private static OpCase differences(
      String name, Reduction reduction, int[] shape, Loss loss, DoubleUnaryOperator slow) {
    String[] words = name.split(" ", 2);
    return OpCase.of(words[0], reduction, words.length > 1 ? words[1] : "")
        .input(OpCase.Values.DISTINCT, shape)
        .input(OpCase.Values.DISTINCT, shape)
        .forward(x -> loss.of(x[0].mul(0.9f), x[1].mul(1.0503f), reduction))
        .oracle(
            x ->
                reduced(
                    x[0], x[1], reduction, (a, b) -> slow.applyAsDouble(0.9f * a - 1.0503f * b)));
  }

  private static OpCase bce(Reduction reduction, int[] shape) {
    return OpCase.of("bce_with_logits", reduction)
        .input(shape)
        .input(OpCase.Values.SIGNED, shape)
        .forward(x -> PairwiseLoss.bceWithLogits(x[0].mul(9), half(x[1]), null, null, reduction))
        .oracle(x -> reduced(x[0], x[1], reduction, (a, b) -> crossed(9 * a, 0.5 * b + 0.5, 1)));
  }

  private static OpCase weightedBce(Reduction reduction, int[] shape) {
    return OpCase.of("bce_with_logits", reduction, "weighted")
        .input(shape)
        .input(OpCase.Values.SIGNED, shape)
        .forward(
            x ->
                PairwiseLoss.bceWithLogits(
                    x[0],
                    half(x[1]),
                    Tensor.full(x[0].device(), 0.3f, shape),
                    Tensor.full(x[0].device(), 2.5f),
                    reduction))
        .oracle(
            x -> reduced(x[0], x[1], reduction, (a, b) -> 0.3f * crossed(a, 0.5 * b + 0.5, 2.5)));
  }

  private static Tensor half(Tensor x) {
    return x.mul(0.5f).add(0.5f);
  }

  private static double crossed(double x, double t, double p) {
    return p * t * Math.log1p(Math.exp(-x)) + (1 - t) * Math.log1p(Math.exp(x));
  }

  private static double[] reduced(
      double[] x, double[] target, Reduction reduction, DoubleBinaryOperator f) {
    double[] losses = new double[x.length];
    Arrays.setAll(losses, i -> f.applyAsDouble(x[i], target[i]));
    double sum = Arrays.stream(losses).sum();
    return switch (reduction) {
      case NONE -> losses;
      case SUM -> new double[] {sum};
      case MEAN -> new double[] {sum / losses.length};
    };
  }
}
