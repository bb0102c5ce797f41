package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Epilogue;
import dev.kiln.backend.Gemm;
import dev.kiln.backend.GemmSpec;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.Grid;

/** Matrix products: {@link GemmPlan} chooses the kernel, this launches it. CPUs have their own. */
interface GpuGemm extends Gemm, GpuFamily {
  @Override
  default void gemm(GemmSpec spec, Buffer a, Buffer b, Epilogue epilogue, Buffer c) {
    product(spec, a, b, WriteBack.ofColumns(epilogue), c);
  }

  /** A product by the kernel that suits it best. */
  default void product(GemmSpec spec, Buffer a, Buffer b, WriteBack end, Buffer c) {
    if (cpuKernels()) {
      WideGemm.gemm(this, spec, a, b, end, c);
    } else {
      GemmPlan own = GemmPlan.of(spec, driver().info().computeUnits());
      GemmPlan plan =
          kernels().tuning().choose(Family.GEMM, spec, own, () -> GemmPlan.candidates(spec));
      product(plan, spec, a, b, end, c);
    }
  }

  /** A product by the kernel that the plan names, whether it is the best one or not. */
  default void product(GemmPlan plan, GemmSpec spec, Buffer a, Buffer b, WriteBack end, Buffer c) {
    if (plan.splits() == 1) {
      partialProducts(plan, spec, a, b, end, GpuFamily.memory(c));
      return;
    }
    int count = spec.strideC() * spec.batch();
    try (Workspace parts = Workspace.ofFloats(pool(), (long) plan.splits() * count)) {
      partialProducts(plan, spec, a, b, WriteBack.NONE, parts.memory());
      sumSplits(parts.memory(), end, c, plan.splits(), count, spec.m(), spec.n());
    }
  }

  private void partialProducts(
      GemmPlan plan, GemmSpec spec, Buffer a, Buffer b, WriteBack end, DeviceMemory c) {
    if (plan.method() == GemmPlan.Method.DIRECT) {
      direct(plan, spec, a, b, end, c);
    } else {
      tiled(plan, spec, a, b, end, c);
    }
  }

  private void tiled(
      GemmPlan plan, GemmSpec spec, Buffer a, Buffer b, WriteBack end, DeviceMemory c) {
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
        end.bias(),
        end.residual(),
        c,
        spec.m(),
        spec.n(),
        spec.k(),
        spec.strideA(),
        spec.strideB(),
        spec.batch(),
        depth,
        end.down(),
        end.code(),
        spec.transposeA() ? 0 : 1,
        spec.transposeB() ? 1 : 0);
  }

  private void direct(
      GemmPlan plan, GemmSpec spec, Buffer a, Buffer b, WriteBack end, DeviceMemory c) {
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
        end.bias(),
        end.residual(),
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
        end.down(),
        end.code());
  }

  /** {@code y = end(Σ parts)}, in the order of the splits; {@code y} is {@code [batch, m, n]}. */
  default void sumSplits(
      DeviceMemory parts, WriteBack end, Buffer y, int splits, int count, int m, int n) {
    int local = kernels().tunable("split_sum", "WG");
    launch(
        "split_sum",
        "split_sum",
        Grid.covering(count, local),
        parts,
        end.bias(),
        end.residual(),
        y,
        splits,
        count,
        m,
        n,
        end.down(),
        end.code());
  }
}
