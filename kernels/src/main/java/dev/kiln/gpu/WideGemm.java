package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.GemmSpec;
import dev.kiln.gpu.driver.Grid;

/** Matrix products by gemm_cpu.cl, for CPUs behind OpenCL. */
final class WideGemm {
  /** Groups that a core gets at least, so that none waits long for the last one. */
  private static final int GROUPS_PER_UNIT = 4;

  /** Blocks of rows that are worth a copy of B's panel. */
  private static final int BLOCKS_PER_COPY = 8;

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
        gpu.kernels()
            .tuning()
            .choose(Family.WIDE_GEMM, spec, own, () -> WideGemmPlan.candidates(spec.transposeA()));
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

  /**
   * By blocks of rows of A, stored transposed, that are copied so that they lie as they are read.
   */
  void packed(GemmSpec spec, Buffer a, Buffer b, WriteBack end, Buffer c) {
    int rows = gpu.kernels().tunable(program, "ROWS");
    int blocks = GemmPlan.ceilDiv(spec.m(), rows);
    int block = rows * spec.k();
    // A that all matrices share is packed once.
    boolean shared = spec.strideA() == 0;
    int matrices = shared ? 1 : spec.batch();
    try (Workspace packed = Workspace.ofFloats(gpu.pool(), (long) matrices * blocks * block)) {
      int groups = GemmPlan.ceilDiv(blocks, gpu.kernels().tunable(program, "ACROSS"));
      gpu.launch(
          program,
          "pack_columns",
          Grid.of(groups * matrices, 1),
          a,
          packed.memory(),
          spec.m(),
          spec.k(),
          spec.strideA());
      blocked(spec, packed.memory(), 1, rows, block, shared ? 0 : blocks * block, b, end, c);
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
    int units = gpu.driver().info().computeUnits();
    int panelsEach = panelsEach(panels, spec.batch(), room(spec));
    int across = GemmPlan.ceilDiv(panels, panelsEach) * spec.batch();
    int each = Math.max(1, across);
    int runs =
        Math.max(
            GemmPlan.ceilDiv(units, each),
            Math.min(GemmPlan.ceilDiv(GROUPS_PER_UNIT * units, each), blocks / BLOCKS_PER_COPY));
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

  /** As many as leave each core some groups, and let all end together as far as they can. */
  private int panelsEach(int panels, int batch, int room) {
    int units = gpu.driver().info().computeUnits();
    long most = (long) panels * batch / (GROUPS_PER_UNIT * units);
    int best = 1;
    long least = Long.MAX_VALUE;
    for (int each = (int) Math.min(Math.min(room, panels), most); each > 0; each--) {
      long groups = (long) GemmPlan.ceilDiv(panels, each) * batch;
      long longest = (groups + units - 1) / units * each;
      if (longest < least) {
        least = longest;
        best = each;
      }
    }
    return best;
  }

  /** Panels that a group may hold: as the kernel has room, and in half of a core's cache. */
  private int room(GemmSpec spec) {
    int deepest = gpu.kernels().tunable(program, "DEPTH");
    int depth = Math.max(1, Math.min(deepest, spec.k()));
    int columns = 2 * gpu.kernels().tunable(program, "LANES");
    long cached =
        gpu.driver().info().localMemoryBytes() / 2 / ((long) depth * columns * Float.BYTES);
    int there = gpu.kernels().tunable(program, "PANELS") * deepest / depth;
    return (int) Math.max(1, Math.min(there, cached));
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
