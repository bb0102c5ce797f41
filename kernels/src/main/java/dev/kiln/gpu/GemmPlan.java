package dev.kiln.gpu;

import dev.kiln.backend.GemmSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How a product is computed: which kernel with which tile, and into how many partial sums k is
 * split.
 *
 * @param method the kernel
 * @param splits partial sums of C, added in order at the end; 1 writes C at once
 */
record GemmPlan(Method method, int splits) implements Variant {
  /** The kernels. */
  enum Method {
    /**
     * Tiles of 128 × 128: the most arithmetic per number loaded, for matrices that fill the GPU.
     */
    TILED_128("gemm_128"),
    /** Tiles of 64 × 64: four times as many groups, for middling matrices. */
    TILED_64("gemm_64"),
    /** Tiles of 64 × 64 whose loads are of one number, for any rows. */
    TILED_ODD("gemm_odd"),
    /** No tiles: for products so small or thin that most of a tile would be padding. */
    DIRECT("gemm_direct");

    private final String program;

    Method(String program) {
      this.program = program;
    }

    /** The program of a tiled method. */
    String programFor(GemmSpec spec) {
      return this == TILED_ODD
          ? program
          : program + (spec.transposeA() ? "_t" : "_n") + (spec.transposeB() ? "t" : "n");
    }

    /** Whether its kernel can read these matrices: four numbers at a time, but for some. */
    boolean fits(GemmSpec spec) {
      return this == DIRECT || this == TILED_ODD || inFours(spec);
    }
  }

  /** A side of C up to which tiles are mostly padding and the product is bound by memory. */
  private static final int THIN = 4;

  /** Multiply-adds up to which a launch costs more than the arithmetic, whatever the kernel. */
  private static final long SMALL = 1 << 15;

  /** Multiply-adds of one matrix of a batch up to which most of its tile would be padding. */
  private static final long SMALL_MATRIX = 1 << 12;

  /** Groups that a multiprocessor wants at least, so that one computes while another waits. */
  private static final int GROUPS_PER_UNIT = 2;

  /** The least k that is worth a partial sum of its own: below, adding up costs more. */
  private static final int MIN_DEPTH = 256;

  private static final int MAX_SPLITS = 64;

  /** The least k of a partial sum that is worth a trial. */
  private static final int MIN_TRIED_DEPTH = 32;

  /** Elements that all partial sums may have together (64 MiB). */
  private static final long MAX_PARTS = 1 << 24;

  /** What {@link #variant} may be. */
  static final Pattern NAMES = Pattern.compile("(128|64|odd|direct)(/\\d{1,2})?");

  /**
   * @param computeUnits multiprocessors of the device
   */
  static GemmPlan of(GemmSpec spec, int computeUnits) {
    int m = spec.m();
    int n = spec.n();
    long elements = (long) m * n * spec.batch();
    int wanted = GROUPS_PER_UNIT * computeUnits;
    if (Math.min(m, n) <= THIN
        || (long) m * n * spec.k() <= SMALL_MATRIX
        || elements * spec.k() <= SMALL) {
      return new GemmPlan(Method.DIRECT, splits(spec, elements / 32 + 1, wanted, elements));
    }
    if (Method.TILED_128.fits(spec) && tiles(spec, 128) >= computeUnits) {
      return new GemmPlan(Method.TILED_128, 1);
    }
    Method method = Method.TILED_64.fits(spec) ? Method.TILED_64 : Method.TILED_ODD;
    return new GemmPlan(method, splits(spec, tiles(spec, 64), wanted, elements));
  }

  /** Whether rows, and matrices of a batch, are multiples of four numbers apart. */
  static boolean inFours(GemmSpec spec) {
    int rowA = spec.transposeA() ? spec.m() : spec.k();
    int rowB = spec.transposeB() ? spec.k() : spec.n();
    return ((rowA | rowB | spec.strideA() | spec.strideB()) & 3) == 0;
  }

  /**
   * Every way that might be the best one somewhere: each kernel that can read the matrices, with
   * each power of 2 of splits.
   */
  static List<GemmPlan> candidates(GemmSpec spec) {
    long elements = Math.max(1, (long) spec.m() * spec.n() * spec.batch());
    List<GemmPlan> candidates = new ArrayList<>();
    for (Method method : Method.values()) {
      if (!method.fits(spec)) {
        continue;
      }
      candidates.add(new GemmPlan(method, 1));
      for (int splits = 2;
          splits <= MAX_SPLITS
              && spec.k() / splits >= MIN_TRIED_DEPTH
              && splits * elements <= MAX_PARTS;
          splits *= 2) {
        candidates.add(new GemmPlan(method, splits));
      }
    }
    return candidates;
  }

  /** Such as {@code 64} or, of 4 partial sums, {@code 64/4}. */
  @Override
  public String variant() {
    return method.program.substring("gemm_".length()) + (splits > 1 ? "/" + splits : "");
  }

  private static long tiles(GemmSpec spec, int tile) {
    return (long) ceilDiv(spec.m(), tile) * ceilDiv(spec.n(), tile) * spec.batch();
  }

  /** As many splits of k as give every multiprocessor its groups, within what is worth it. */
  private static int splits(GemmSpec spec, long groups, int wanted, long elements) {
    long splits = Math.min(wanted / Math.max(groups, 1), spec.k() / MIN_DEPTH);
    splits = Math.min(splits, Math.min(MAX_SPLITS, MAX_PARTS / Math.max(elements, 1)));
    return spec.k() > 1 << 30 ? 1 : (int) Math.max(splits, 1);
  }

  static int ceilDiv(int a, int b) {
    return (int) (((long) a + b - 1) / b);
  }
}
