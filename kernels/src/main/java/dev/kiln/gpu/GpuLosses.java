package dev.kiln.gpu;

import dev.kiln.Shape;
import dev.kiln.backend.Binary;
import dev.kiln.backend.Broadcast;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.CrossEntropySpec;
import dev.kiln.backend.Elementwise;
import dev.kiln.backend.Losses;
import dev.kiln.backend.PairLoss;
import dev.kiln.backend.Reduction;
import dev.kiln.backend.Rows;
import dev.kiln.gpu.driver.Grid;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The kernels of {@code loss.cl}, {@code loss_mean.cl}, {@code nll.cl} and {@code pair_loss.cl}.
 */
interface GpuLosses extends Losses, Reduction, Elementwise, GpuStriding {
  /** Samples up to here are added up by one group, in one launch in place of three. */
  int ONE_GROUP = 1 << 13;

  @Override
  default void crossEntropy(
      CrossEntropySpec spec,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      Buffer loss,
      Buffer counted) {
    Rows rows = spec.rows();
    launchScores(
        "loss",
        "cross_entropy",
        rows,
        x,
        target,
        weight,
        loss,
        counted,
        spec.ignoreIndex(),
        spec.labelSmoothing(),
        rows.n(),
        rows.inner(),
        rows.count());
  }

  @Override
  default void crossEntropyGradient(
      CrossEntropySpec spec,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      Buffer dy,
      @Nullable Buffer divisor,
      Buffer dx) {
    Rows rows = spec.rows();
    int dyStep = dy.size() == 1 ? 0 : 1;
    launchScores(
        "loss",
        "cross_entropy_gradient",
        rows,
        x,
        target,
        weight,
        dy,
        dyStep,
        divisor,
        dx,
        spec.ignoreIndex(),
        spec.labelSmoothing(),
        rows.n(),
        rows.inner(),
        rows.count());
  }

  @Override
  default void nll(
      Rows rows,
      int ignoreIndex,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      Buffer loss,
      Buffer counted) {
    launch(
        "nll",
        "nll",
        itemGrid("nll", rows.count()),
        x,
        target,
        weight,
        loss,
        counted,
        ignoreIndex,
        rows.n(),
        rows.inner(),
        rows.count());
  }

  @Override
  default void nllGradient(
      Rows rows,
      int ignoreIndex,
      Buffer target,
      @Nullable Buffer weight,
      Buffer dy,
      @Nullable Buffer divisor,
      Buffer dx) {
    int dyStep = dy.size() == 1 ? 0 : 1;
    launch(
        "nll",
        "nll_gradient",
        itemGrid("nll", dx.size()),
        target,
        weight,
        dy,
        dyStep,
        divisor,
        dx,
        ignoreIndex,
        rows.n(),
        rows.inner(),
        dx.size());
  }

  @Override
  default void weightedMean(Buffer loss, Buffer counted, Buffer mean, Buffer divisor) {
    int samples = loss.size();
    if (samples <= ONE_GROUP) {
      String program = cpuKernels() ? "loss_mean_single" : "loss_mean";
      launch(program, "loss_mean", groupGrid(program, 1), loss, counted, mean, divisor, samples);
      return;
    }
    Rows all = new Rows(1, samples, 1);
    sum(all, 1, loss, mean);
    sum(all, 1, counted, divisor);
    Broadcast one = Broadcast.of(Shape.scalar(), Shape.scalar(), Shape.scalar());
    binary(Binary.DIV, one, mean, divisor, mean);
  }

  @Override
  default void pairLoss(
      PairLoss f,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer positiveWeight,
      Buffer loss) {
    int n = loss.size();
    Grid grid = covering("pair_loss", n);
    launch(
        "pair_loss", nameOf(f) + "_loss", grid, x, target, weight, positiveWeight, loss, f.a(), n);
  }

  @Override
  default void pairLossGradient(
      PairLoss f,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer positiveWeight,
      float scale,
      Buffer dy,
      Buffer dx) {
    int n = dx.size();
    int dyStep = dy.size() == 1 ? 0 : 1;
    launch(
        "pair_loss",
        nameOf(f) + "_gradient",
        covering("pair_loss", n),
        x,
        target,
        weight,
        positiveWeight,
        dy,
        dyStep,
        dx,
        f.a(),
        scale,
        n);
  }

  private static String nameOf(PairLoss f) {
    return f.function().name().toLowerCase(Locale.ROOT);
  }
}
