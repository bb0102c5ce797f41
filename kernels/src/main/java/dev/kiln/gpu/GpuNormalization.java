package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.ChannelSpec;
import dev.kiln.backend.Normalization;
import dev.kiln.backend.Rows;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.Grid;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalization in three launches: sums of sections, their totals per channel, and the map of
 * every element. {@code norm.cl} has the kernels for GPUs, {@code norm_lanes.cl} those for CPUs.
 */
interface GpuNormalization extends Normalization, GpuStriding {
  /** What one section may add up: it bounds the rounding error. */
  int LONGEST_SECTION = 8192;

  /** Below this a section is not worth its launch and its partial results. */
  int SHORTEST_SECTION = 1024;

  @Override
  default void batchNorm(
      ChannelSpec spec,
      float eps,
      float momentum,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer beta,
      @Nullable Buffer runningMean,
      @Nullable Buffer runningVariance,
      Buffer y,
      Buffer mean,
      Buffer invStd) {
    Sections cut = sections(spec);
    try (Workspace means = Workspace.ofFloats(pool(), cut.total());
        Workspace squares = Workspace.ofFloats(pool(), cut.total())) {
      if (spec.perChannel() > 0) {
        launch(
            elements(),
            "batch_norm_moments",
            sectionGrid(cut),
            x,
            means.memory(),
            squares.memory(),
            spec.n(),
            spec.channels(),
            spec.inner(),
            cut.length(),
            cut.count());
      }
      launch(
          totals(),
          "batch_norm_statistics",
          groupGrid(totals(), spec.channels()),
          means.memory(),
          squares.memory(),
          eps,
          momentum,
          mean,
          invStd,
          runningMean,
          runningVariance,
          spec.channels(),
          spec.perChannel(),
          cut.length(),
          spec.perChannel() > 0 ? cut.count() : 0);
    }
    apply(spec, x, gamma, beta, mean, GpuFamily.memory(invStd), y);
  }

  @Override
  default void batchNormGradient(
      ChannelSpec spec,
      Buffer x,
      Buffer dy,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer invStd,
      @Nullable Buffer dx,
      Buffer dgamma,
      Buffer dbeta) {
    gradientSums(spec, x, dy, mean, GpuFamily.memory(invStd), dgamma, dbeta);
    if (dx != null) {
      gradientApply(spec, x, dy, gamma, mean, GpuFamily.memory(invStd), dgamma, dbeta, dx);
    }
  }

  @Override
  default void batchNormEval(
      ChannelSpec spec,
      float eps,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer beta,
      Buffer mean,
      Buffer variance,
      Buffer y) {
    try (Workspace invStd = Workspace.ofFloats(pool(), spec.channels())) {
      inverseStd(spec, eps, variance, invStd.memory());
      apply(spec, x, gamma, beta, mean, invStd.memory(), y);
    }
  }

  @Override
  default void batchNormEvalGradient(
      ChannelSpec spec,
      float eps,
      Buffer x,
      Buffer dy,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer variance,
      @Nullable Buffer dx,
      Buffer dgamma,
      Buffer dbeta) {
    try (Workspace invStd = Workspace.ofFloats(pool(), spec.channels())) {
      inverseStd(spec, eps, variance, invStd.memory());
      gradientSums(spec, x, dy, mean, invStd.memory(), dgamma, dbeta);
      if (dx != null) {
        gradientApply(spec, x, dy, gamma, mean, invStd.memory(), null, null, dx);
      }
    }
  }

  private void inverseStd(ChannelSpec spec, float eps, Buffer variance, DeviceMemory invStd) {
    launch(
        "norm",
        "batch_norm_inverse_std",
        itemGrid("norm", spec.channels()),
        variance,
        eps,
        invStd,
        spec.channels());
  }

  private void apply(
      ChannelSpec spec,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer beta,
      Buffer mean,
      DeviceMemory invStd,
      Buffer y) {
    launch(
        elements(),
        "batch_norm_apply",
        elementGrid(spec),
        x,
        gamma,
        beta,
        mean,
        invStd,
        y,
        spec.channels(),
        spec.inner(),
        elementCount(spec));
  }

  private void gradientSums(
      ChannelSpec spec,
      Buffer x,
      Buffer dy,
      Buffer mean,
      DeviceMemory invStd,
      Buffer dgamma,
      Buffer dbeta) {
    Sections cut = sections(spec);
    try (Workspace g = Workspace.ofFloats(pool(), cut.total());
        Workspace h = Workspace.ofFloats(pool(), cut.total())) {
      if (spec.perChannel() > 0) {
        launch(
            elements(),
            "batch_norm_gradient_sums",
            sectionGrid(cut),
            x,
            dy,
            mean,
            invStd,
            g.memory(),
            h.memory(),
            spec.n(),
            spec.channels(),
            spec.inner(),
            cut.length(),
            cut.count());
      }
      launch(
          totals(),
          "batch_norm_totals",
          groupGrid(totals(), spec.channels()),
          g.memory(),
          h.memory(),
          dgamma,
          dbeta,
          spec.channels(),
          spec.perChannel() > 0 ? cut.count() : 0);
    }
  }

  private void gradientApply(
      ChannelSpec spec,
      Buffer x,
      Buffer dy,
      @Nullable Buffer gamma,
      Buffer mean,
      DeviceMemory invStd,
      @Nullable Buffer dgamma,
      @Nullable Buffer dbeta,
      Buffer dx) {
    launch(
        elements(),
        "batch_norm_gradient_apply",
        elementGrid(spec),
        x,
        dy,
        gamma,
        mean,
        invStd,
        dgamma,
        dbeta,
        dx,
        spec.n(),
        spec.channels(),
        spec.inner(),
        elementCount(spec));
  }

  private Sections sections(ChannelSpec spec) {
    Rows channels = new Rows(spec.channels(), spec.perChannel(), 1);
    int wanted = (cpuKernels() ? 4 : 8) * driver().info().computeUnits();
    return Sections.of(channels, wanted, SHORTEST_SECTION, LONGEST_SECTION);
  }

  /** The program that goes over the elements; both have the same kernels. */
  private String elements() {
    return cpuKernels() ? "norm_lanes" : "norm";
  }

  /** The program that goes over the channels. */
  private String totals() {
    return cpuKernels() ? "norm_single" : "norm";
  }

  private Grid sectionGrid(Sections cut) {
    return cpuKernels() ? singleGrid(cut.total()) : groupGrid("norm", cut.total());
  }

  private Grid elementGrid(ChannelSpec spec) {
    return spec.inner() > 0 && cpuKernels()
        ? singleGrid(spec.n() * spec.channels())
        : itemGrid("norm", (long) spec.perChannel() * spec.channels());
  }

  /** What the kernels of {@link #elements} count: runs of inner elements on CPUs. */
  private int elementCount(ChannelSpec spec) {
    int runs = spec.n() * spec.channels();
    return cpuKernels() ? runs : runs * spec.inner();
  }
}
