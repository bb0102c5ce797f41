package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Gemm;
import dev.kiln.backend.GemmSpec;
import org.jspecify.annotations.Nullable;

/** Matrix products: {@link GemmPlan} chooses the kernel, this launches it. CPUs have their own. */
interface GpuGemm extends Gemm, GpuFamily {
  @Override
  default void gemm(GemmSpec spec, Buffer a, Buffer b, @Nullable Buffer bias, Buffer c) {
    product(spec, a, b, bias, false, c);
  }

  /**
   * A product by the kernel that suits it best.
   *
   * @param biasDown the bias has one number a row of C, {@code [m]}, not one a column
   */
  default void product(
      GemmSpec spec, Buffer a, Buffer b, @Nullable Buffer bias, boolean biasDown, Buffer c) {
    if (cpuKernels()) {
      WideGemm.gemm(this, spec, a, b, bias, biasDown, c);
    } else {
      GemmPlan own = GemmPlan.of(spec, driver().info().computeUnits());
      GemmPlan plan =
          kernels().tuning().choose(Family.GEMM, spec, own, () -> GemmPlan.candidates(spec));
      product(plan, spec, a, b, bias, biasDown, c);
    }
  }

  /** A product by the kernel that the plan names, whether it is the best one or not. */
  default void product(
      GemmPlan plan,
      GemmSpec spec,
      Buffer a,
      Buffer b,
      @Nullable Buffer bias,
      boolean biasDown,
      Buffer c) {
    if (plan.splits() == 1) {
      partialProducts(plan, spec, a, b, bias, biasDown, GpuFamily.memory(c));
      return;
    }
    int count = spec.strideC() * spec.batch();
    try (Workspace parts = Workspace.ofFloats(pool(), (long) plan.splits() * count)) {
      partialProducts(plan, spec, a, b, null, biasDown, parts.memory());
      sumSplits(parts.memory(), bias, c, plan.splits(), count, spec.m(), spec.n(), biasDown);
    }
  }

  private void partialProducts(
      GemmPlan plan,
      GemmSpec spec,
      Buffer a,
      Buffer b,
      @Nullable Buffer bias,
      boolean biasDown,
      DeviceMemory c) {
    if (plan.method() == GemmPlan.Method.DIRECT) {
      direct(plan, spec, a, b, bias, biasDown, c);
    } else {
      tiled(plan, spec, a, b, bias, biasDown, c);
    }
  }

  private void tiled(
      GemmPlan plan,
      GemmSpec spec,
      Buffer a,
      Buffer b,
      @Nullable Buffer bias,
      boolean biasDown,
      DeviceMemory c) {
    String program = plan.method().programFor(spec);
    int tiles =
        GemmPlan.ceilDiv(spec.m(), kernels().tunable(program, "TILE_M"))
            * GemmPlan.ceilDiv(spec.n(), kernels().tunable(program, "TILE_N"));
    int step = kernels().tunable(program, "TILE_K");
    int depth = GemmPlan.ceilDiv(GemmPlan.ceilDiv(spec.k(), plan.splits()), step) * step;
    launch(
        program,
        "gemm_tiled",
        new Grid(
            Math.multiplyExact(tiles, spec.batch()),
            plan.splits(),
            1,
            kernels().tunable(program, "WG")),
        a,
        b,
        bias,
        c,
        spec.m(),
        spec.n(),
        spec.k(),
        spec.strideA(),
        spec.strideB(),
        spec.batch(),
        depth,
        biasDown ? 1 : 0,
        spec.transposeA() ? 0 : 1,
        spec.transposeB() ? 1 : 0);
  }

  private void direct(
      GemmPlan plan,
      GemmSpec spec,
      Buffer a,
      Buffer b,
      @Nullable Buffer bias,
      boolean biasDown,
      DeviceMemory c) {
    int m = spec.m();
    int n = spec.n();
    int k = spec.k();
    boolean alongKA = !spec.transposeA() || m == 1;
    boolean alongKB = spec.transposeB() || n == 1;
    // The larger operand decides: neighbours should read its neighbours.
    String program = (m > n ? alongKA : alongKB) ? "gemm_direct_k" : "gemm_direct_mn";
    int count = spec.strideC() * spec.batch();
    launch(
        program,
        "gemm_direct",
        new Grid(
            GemmPlan.ceilDiv(count, kernels().tunable(program, "OUTPUTS")),
            plan.splits(),
            1,
            kernels().tunable(program, "WG")),
        a,
        b,
        bias,
        c,
        m,
        n,
        k,
        spec.transposeA() ? 1 : k,
        spec.transposeA() ? m : 1,
        spec.strideA(),
        spec.transposeB() ? k : 1,
        spec.transposeB() ? 1 : n,
        spec.strideB(),
        spec.batch(),
        GemmPlan.ceilDiv(k, plan.splits()),
        biasDown ? 1 : 0);
  }

  /** {@code y = Σ parts + bias}, in the order of the splits; {@code y} is {@code [batch, m, n]}. */
  default void sumSplits(
      DeviceMemory parts,
      @Nullable Buffer bias,
      Buffer y,
      int splits,
      int count,
      int m,
      int n,
      boolean biasDown) {
    int local = kernels().tunable("split_sum", "WG");
    launch(
        "split_sum",
        "split_sum",
        Grid.covering(count, local),
        parts,
        bias,
        y,
        splits,
        count,
        m,
        n,
        biasDown ? 1 : 0);
  }
}
