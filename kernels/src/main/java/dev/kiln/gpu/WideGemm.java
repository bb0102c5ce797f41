package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.GemmSpec;
import dev.kiln.gpu.driver.Grid;

/** Matrix products by gemm_cpu.cl, for CPUs behind OpenCL. */
final class WideGemm {
  /** Groups that a core gets at least, so that none waits long for the last one. */
  private static final int GROUPS_PER_UNIT = 4;

  private final GpuFamily gpu;
  private final String program;

  /**
   * @param lanes floats in a vector, 8 or 16
   * @param large whether panels of B may fill a second-level cache, not only a first-level one
   */
  WideGemm(GpuFamily gpu, int lanes, boolean large) {
    this.gpu = gpu;
    this.program = "gemm_cpu_" + lanes + (large ? "_large" : "");
  }

  /** By the way that suits the product. */
  static void gemm(GpuFamily gpu, GemmSpec spec, Buffer a, Buffer b, WriteBack end, Buffer c) {
    int lanes = WideLanes.on(gpu);
    WideGemmPlan own = WideGemmPlan.of(spec, gpu.driver().info(), 2 * lanes);
    if (spec.n() == 1 && spec.transposeA()) {
      // op(A) · b with A as [k, m] is b · A: rows of A, not columns, are side by side then.
      GemmSpec turned =
          new GemmSpec(
              1, spec.m(), spec.k(), false, false, spec.batch(), spec.strideB(), spec.strideA());
      new WideGemm(gpu, lanes, own.large()).thin(turned, b, a, end.turned(), c);
      return;
    }
    WideGemmPlan plan =
        gpu.kernels().tuning().choose(Family.WIDE_GEMM, spec, own, WideGemmPlan::candidates);
    WideGemm wide = new WideGemm(gpu, lanes, plan.large());
    switch (plan.method()) {
      case THIN -> wide.thin(spec, a, b, end, c);
      case IN_PLACE -> wide.inPlace(spec, a, b, end, c);
      case PACKED -> wide.packed(spec, a, b, end, c);
    }
  }

  void thin(GemmSpec spec, Buffer a, Buffer b, WriteBack end, Buffer c) {
    int stretch = 4 * gpu.kernels().tunable(program, "LANES");
    gpu.launch(
        program,
        "gemm_cpu_thin",
        Grid.of(GemmPlan.ceilDiv(spec.n(), stretch) * spec.m() * spec.batch(), 1),
        a,
        b,
        end.bias(),
        end.residual(),
        c,
        spec.m(),
        spec.n(),
        spec.k(),
        rowA(spec),
        stepA(spec),
        spec.strideA(),
        columnB(spec),
        stepB(spec),
        spec.strideB(),
        end.down(),
        end.code());
  }

  /** By blocks of rows of A as they lie. */
  void inPlace(GemmSpec spec, Buffer a, Buffer b, WriteBack end, Buffer c) {
    int block = gpu.kernels().tunable(program, "ROWS") * rowA(spec);
    blocked(spec, a, rowA(spec), stepA(spec), block, spec.strideA(), b, end, c);
  }

  /** By blocks of rows of A, copied so that they lie as they are read. */
  void packed(GemmSpec spec, Buffer a, Buffer b, WriteBack end, Buffer c) {
    int rows = gpu.kernels().tunable(program, "ROWS");
    int blocks = GemmPlan.ceilDiv(spec.m(), rows);
    // A that all matrices share is packed once.
    int packedBlocks = spec.strideA() == 0 ? blocks : blocks * spec.batch();
    int block = rows * spec.k();
    int stride = spec.strideA() == 0 ? 0 : blocks * block;
    try (Workspace packed = Workspace.ofFloats(gpu.pool(), (long) packedBlocks * block)) {
      gpu.launch(
          program,
          "pack_rows",
          Grid.of(packedBlocks, 1),
          a,
          packed.memory(),
          spec.m(),
          spec.k(),
          rowA(spec),
          stepA(spec),
          spec.strideA());
      blocked(spec, packed.memory(), 1, rows, block, stride, b, end, c);
    }
  }

  private void blocked(
      GemmSpec spec,
      Object a,
      int apart,
      int stepA,
      int blockA,
      int strideA,
      Buffer b,
      WriteBack end,
      Buffer c) {
    int blocks = GemmPlan.ceilDiv(spec.m(), gpu.kernels().tunable(program, "ROWS"));
    int panels = GemmPlan.ceilDiv(spec.n(), 2 * gpu.kernels().tunable(program, "LANES"));
    int depth = gpu.kernels().tunable(program, "DEPTH");
    int room =
        gpu.kernels().tunable(program, "PANELS") * depth / Math.max(1, Math.min(depth, spec.k()));
    int wanted = GROUPS_PER_UNIT * gpu.driver().info().computeUnits();
    long all = (long) panels * spec.batch();
    int panelsEach = (int) Math.max(1, Math.min(Math.min(room, panels), all / wanted));
    int across = GemmPlan.ceilDiv(panels, panelsEach) * spec.batch();
    int runs = Math.max(1, Math.min(blocks, GemmPlan.ceilDiv(wanted, Math.max(1, across))));
    int blocksEach = Math.max(1, GemmPlan.ceilDiv(blocks, runs));
    gpu.launch(
        program,
        "gemm_cpu",
        new Grid(across, GemmPlan.ceilDiv(blocks, blocksEach), 1, 1),
        a,
        b,
        end.bias(),
        end.residual(),
        c,
        spec.m(),
        spec.n(),
        spec.k(),
        apart,
        stepA,
        blockA,
        strideA,
        columnB(spec),
        stepB(spec),
        spec.strideB(),
        blocksEach,
        panelsEach,
        end.down(),
        end.code());
  }

  private static int rowA(GemmSpec spec) {
    return spec.transposeA() ? 1 : spec.k();
  }

  private static int stepA(GemmSpec spec) {
    return spec.transposeA() ? spec.m() : 1;
  }

  private static int columnB(GemmSpec spec) {
    return spec.transposeB() ? spec.k() : 1;
  }

  private static int stepB(GemmSpec spec) {
    return spec.transposeB() ? 1 : spec.n();
  }
}
