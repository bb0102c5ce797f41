package dev.kiln.gpu;

import dev.kiln.backend.GemmSpec;
import dev.kiln.gpu.driver.DriverInfo;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How {@link WideGemm} computes a product; each way is right for any.
 *
 * @param large whether panels of B may fill a second-level cache, not only a first-level one; there
 *     are none without blocks
 */
record WideGemmPlan(Method method, boolean large) implements Variant {
  /** What is done with A. */
  enum Method {
    /** No blocks: a row of C at a time. */
    THIN,
    /** Blocks of rows of A as they lie. */
    IN_PLACE,
    /** Blocks of rows of A that is stored transposed, copied so that they lie as they are read. */
    PACKED
  }

  /** Products up to this many multiply-adds are not worth blocks. */
  private static final int SMALL = 1 << 13;

  /** A side of C up to which blocks are mostly padding. */
  private static final int THIN_SIDE = 2;

  /** Panels of B up to which A is read so seldom that it is not copied. */
  private static final int FEW_PANELS = 2;

  /** Floats of a transposed A, each row on a page of its own, that no cache near a core holds. */
  private static final int LARGE_A = 1 << 18;

  /** Bytes of local memory, which on a CPU is a core's own cache, that large panels take. */
  private static final int LARGE_CACHE = 1 << 19;

  /**
   * @param columns of a panel
   */
  static WideGemmPlan of(GemmSpec spec, DriverInfo device, int columns) {
    Method method;
    if (Math.min(spec.m(), spec.n()) <= THIN_SIDE || spec.flops() <= 2 * SMALL) {
      method = Method.THIN;
    } else {
      boolean packed =
          spec.transposeA()
              && (long) spec.m() * spec.k() > LARGE_A
              && spec.n() > FEW_PANELS * columns;
      method = packed ? Method.PACKED : Method.IN_PLACE;
    }
    return new WideGemmPlan(
        method, method != Method.THIN && device.localMemoryBytes() >= LARGE_CACHE);
  }

  /**
   * @param transposeA whether A is stored transposed
   */
  static List<WideGemmPlan> candidates(boolean transposeA) {
    return Stream.of(Method.values())
        .filter(method -> transposeA || method != Method.PACKED)
        .flatMap(method -> Stream.of(false, true).map(large -> new WideGemmPlan(method, large)))
        .filter(plan -> plan.method() != Method.THIN || !plan.large())
        .toList();
  }

  @Override
  public String variant() {
    return method.name().toLowerCase(Locale.ROOT) + (large ? "_large" : "");
  }
}
