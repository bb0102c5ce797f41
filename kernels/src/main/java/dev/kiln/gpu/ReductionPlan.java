package dev.kiln.gpu;

import dev.kiln.backend.Rows;

/**
 * How one round of a reduction runs: by which kernel, over which sections.
 *
 * @param program of {@code programs.txt}
 * @param cut the sections; more than one a row means another round
 */
record ReductionPlan(Method method, String program, Sections cut) {
  /** Rows up to here are for groups of 64. */
  private static final int MEDIUM_ROW = 512;

  /** From here on a CPU's vectors are worth their tails. */
  private static final int WIDE_LANES = 16;

  /** What a group, and a single work-item, may add up: it bounds the rounding error. */
  private static final int LONGEST_BY_GROUP = 8192;

  private static final int LONGEST_BY_ITEM = 512;

  /** Below this a second round costs more than it brings. */
  private static final int SHORTEST_BY_GROUP = 1024;

  private static final int SHORTEST_BY_ITEM = 64;

  /** Kernel names end in these. */
  enum Method {
    GROUP("by_group"),
    ITEM("by_item"),
    ROW_LANES("rows_by_lanes"),
    COLUMN_LANES("columns_by_lanes");

    final String suffix;

    Method(String suffix) {
      this.suffix = suffix;
    }
  }

  static ReductionPlan ofSum(Rows rows, int computeUnits, boolean cpu) {
    if (cpu && rows.inner() == 1 && rows.n() >= WIDE_LANES) {
      Sections cut = Sections.of(rows, 4L * computeUnits, SHORTEST_BY_GROUP, LONGEST_BY_GROUP);
      return new ReductionPlan(Method.ROW_LANES, "reduce_lanes", cut);
    }
    if (cpu && rows.inner() >= WIDE_LANES) {
      Sections cut =
          Sections.of(rows, 4L * WIDE_LANES * computeUnits, SHORTEST_BY_ITEM, LONGEST_BY_ITEM);
      return new ReductionPlan(Method.COLUMN_LANES, "reduce_lanes", cut);
    }
    if (cpu) {
      Sections cut = Sections.of(rows, 4L * computeUnits, SHORTEST_BY_GROUP, LONGEST_BY_ITEM);
      return new ReductionPlan(Method.ITEM, "reduce", cut);
    }
    return onGpu(rows, computeUnits);
  }

  static ReductionPlan ofMax(Rows rows, int computeUnits, boolean cpu) {
    if (cpu && rows.n() > GpuStriding.SHORT_ROW) {
      Sections cut = Sections.of(rows, 4L * computeUnits, SHORTEST_BY_GROUP, Integer.MAX_VALUE);
      return new ReductionPlan(Method.GROUP, "reduce_single", cut);
    }
    return onGpu(rows, computeUnits);
  }

  private static ReductionPlan onGpu(Rows rows, int computeUnits) {
    if (rows.n() <= GpuStriding.SHORT_ROW || rows.inner() >= GpuStriding.WIDE_INNER) {
      Sections cut = Sections.of(rows, 1024L * computeUnits, SHORTEST_BY_ITEM, LONGEST_BY_ITEM);
      return new ReductionPlan(Method.ITEM, "reduce", cut);
    }
    Sections cut = Sections.of(rows, 4L * computeUnits, SHORTEST_BY_GROUP, LONGEST_BY_GROUP);
    String program = cut.length() <= MEDIUM_ROW ? "reduce_64" : "reduce";
    return new ReductionPlan(Method.GROUP, program, cut);
  }
}
