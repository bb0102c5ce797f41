package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.GemmSpec;
import org.jspecify.annotations.Nullable;

/** Matrix products by gemm_cpu.cl, for CPUs behind OpenCL. */
final class WideGemm {
  /** Products up to this many multiply-adds are not worth packing. */
  private static final long SMALL = 1 << 13;

  /** A side of C up to which packing the operands costs as much as the product. */
  private static final int THIN = 2;

  /** Groups that a core gets at least, so that none waits long for the last one. */
  private static final int GROUPS_PER_UNIT = 4;

  private final GpuFamily gpu;
  private final String program;

  /**
   * @param lanes floats in a vector, 8 or 16
   */
  WideGemm(GpuFamily gpu, int lanes) {
    this.gpu = gpu;
    this.program = "gemm_cpu_" + lanes;
  }

  /** By vectors as wide as the device's. */
  static WideGemm of(GpuFamily gpu) {
    return new WideGemm(gpu, lanes(gpu));
  }

  /** The vectors that the kernels are built for: as wide as the device's, 8 or 16. */
  static int lanes(GpuFamily gpu) {
    return gpu.driver().info().vectorWidth() >= 16 ? 16 : 8;
  }

  void gemm(GemmSpec spec, Buffer a, Buffer b, @Nullable Buffer bias, boolean biasDown, Buffer c) {
    if (spec.n() == 1 && spec.transposeA()) {
      // op(A) · b with A as [k, m] is b · A: rows of A, not columns, are side by side then.
      GemmSpec turned =
          new GemmSpec(
              1, spec.m(), spec.k(), false, false, spec.batch(), spec.strideB(), spec.strideA());
      thin(turned, b, a, bias, !biasDown, c);
    } else if (Math.min(spec.m(), spec.n()) <= THIN || spec.flops() <= 2 * SMALL) {
      thin(spec, a, b, bias, biasDown, c);
    } else {
      packed(spec, a, b, bias, biasDown, c);
    }
  }

  void thin(GemmSpec spec, Buffer a, Buffer b, @Nullable Buffer bias, boolean biasDown, Buffer c) {
    int stretch = 4 * gpu.kernels().tunable(program, "LANES");
    gpu.launch(
        program,
        "gemm_cpu_thin",
        Grid.of(GemmPlan.ceilDiv(spec.n(), stretch) * spec.m() * spec.batch(), 1),
        a,
        b,
        bias,
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
        biasDown ? 1 : 0);
  }

  void packed(
      GemmSpec spec, Buffer a, Buffer b, @Nullable Buffer bias, boolean biasDown, Buffer c) {
    int rows = gpu.kernels().tunable(program, "ROWS");
    int columns = 2 * gpu.kernels().tunable(program, "LANES");
    int blocks = GemmPlan.ceilDiv(spec.m(), rows);
    int panels = GemmPlan.ceilDiv(spec.n(), columns) * spec.batch();
    int packedBlocks = spec.strideA() == 0 ? blocks : blocks * spec.batch();
    DeviceMemory packed = gpu.pool().allocate((long) packedBlocks * rows * spec.k() * Float.BYTES);
    gpu.launch(
        program,
        "pack_rows",
        Grid.of(packedBlocks, 1),
        a,
        packed,
        spec.m(),
        spec.k(),
        rowA(spec),
        stepA(spec),
        spec.strideA());

    int wanted = GROUPS_PER_UNIT * gpu.driver().info().computeUnits();
    int runs = Math.max(1, Math.min(blocks, GemmPlan.ceilDiv(wanted, Math.max(1, panels))));
    int blocksEach = GemmPlan.ceilDiv(blocks, runs);
    gpu.launch(
        program,
        "gemm_cpu",
        new Grid(panels, blocksEach == 0 ? 0 : GemmPlan.ceilDiv(blocks, blocksEach), 1, 1),
        packed,
        b,
        bias,
        c,
        spec.m(),
        spec.n(),
        spec.k(),
        spec.strideA(),
        columnB(spec),
        stepB(spec),
        spec.strideB(),
        blocksEach,
        biasDown ? 1 : 0);
    gpu.pool().release(packed);
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
