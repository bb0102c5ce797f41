package dev.kiln.gpu;

import dev.kiln.backend.Rows;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How one round of a reduction runs: by which kernel, over which sections.
 *
 * @param program of {@code programs.txt}
 * @param cut the sections; more than one a row means another round
 */
record ReductionPlan(Method method, String program, Sections cut) implements Variant {
  /** What {@link #variant} may be. */
  static final Pattern NAMES = Pattern.compile("item|group|group_64|single|lanes");

  /** Rows up to here are left to a single work-item: a group would have nothing to share. */
  private static final int SHORT_ROW = 32;

  /** From here on a work-item per row reads whole cache lines together with its neighbours. */
  private static final int WIDE_INNER = 32;

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

  /**
   * @param family {@link Family#SUM} or {@link Family#MAX}
   */
  static ReductionPlan of(Family family, Rows rows, int computeUnits, boolean cpu) {
    return family == Family.SUM ? ofSum(rows, computeUnits, cpu) : ofMax(rows, computeUnits, cpu);
  }

  /** Every way that is right for the rows. */
  static List<ReductionPlan> candidates(Family family, Rows rows, int computeUnits, boolean cpu) {
    return family == Family.SUM
        ? ofSumCandidates(rows, computeUnits, cpu)
        : ofMaxCandidates(rows, computeUnits, cpu);
  }

  private static ReductionPlan ofSum(Rows rows, int computeUnits, boolean cpu) {
    if (!cpu) {
      return onGpu(rows, computeUnits);
    }
    if (rows.inner() == 1 && rows.n() >= WIDE_LANES) {
      return rowLanes(rows, computeUnits);
    }
    return rows.inner() >= WIDE_LANES
        ? columnLanes(rows, computeUnits)
        : fewItems(rows, computeUnits);
  }

  private static ReductionPlan ofMax(Rows rows, int computeUnits, boolean cpu) {
    return cpu && rows.n() > SHORT_ROW ? single(rows, computeUnits) : onGpu(rows, computeUnits);
  }

  private static List<ReductionPlan> ofSumCandidates(Rows rows, int computeUnits, boolean cpu) {
    if (!cpu) {
      return List.of(
          items(rows, computeUnits),
          groups("reduce_64", rows, computeUnits),
          groups("reduce", rows, computeUnits));
    }
    ReductionPlan lanes =
        rows.inner() == 1 ? rowLanes(rows, computeUnits) : columnLanes(rows, computeUnits);
    return List.of(fewItems(rows, computeUnits), lanes);
  }

  private static List<ReductionPlan> ofMaxCandidates(Rows rows, int computeUnits, boolean cpu) {
    return cpu
        ? List.of(items(rows, computeUnits), single(rows, computeUnits))
        : ofSumCandidates(rows, computeUnits, false);
  }

  private static ReductionPlan onGpu(Rows rows, int computeUnits) {
    if (rows.n() <= SHORT_ROW || rows.inner() >= WIDE_INNER) {
      return items(rows, computeUnits);
    }
    ReductionPlan plan = groups("reduce", rows, computeUnits);
    return plan.cut.length() <= MEDIUM_ROW ? groups("reduce_64", rows, computeUnits) : plan;
  }

  private static ReductionPlan items(Rows rows, int computeUnits) {
    Sections cut = Sections.of(rows, 1024L * computeUnits, SHORTEST_BY_ITEM, LONGEST_BY_ITEM);
    return new ReductionPlan(Method.ITEM, "reduce", cut);
  }

  private static ReductionPlan groups(String program, Rows rows, int computeUnits) {
    Sections cut = Sections.of(rows, 4L * computeUnits, SHORTEST_BY_GROUP, LONGEST_BY_GROUP);
    return new ReductionPlan(Method.GROUP, program, cut);
  }

  private static ReductionPlan fewItems(Rows rows, int computeUnits) {
    Sections cut = Sections.of(rows, 4L * computeUnits, SHORTEST_BY_GROUP, LONGEST_BY_ITEM);
    return new ReductionPlan(Method.ITEM, "reduce", cut);
  }

  private static ReductionPlan single(Rows rows, int computeUnits) {
    Sections cut = Sections.of(rows, 4L * computeUnits, SHORTEST_BY_GROUP, Integer.MAX_VALUE);
    return new ReductionPlan(Method.GROUP, "reduce_single", cut);
  }

  private static ReductionPlan rowLanes(Rows rows, int computeUnits) {
    Sections cut = Sections.of(rows, 4L * computeUnits, SHORTEST_BY_GROUP, LONGEST_BY_GROUP);
    return new ReductionPlan(Method.ROW_LANES, "reduce_lanes", cut);
  }

  private static ReductionPlan columnLanes(Rows rows, int computeUnits) {
    long wanted = 4L * WIDE_LANES * computeUnits;
    Sections cut = Sections.of(rows, wanted, SHORTEST_BY_ITEM, LONGEST_BY_ITEM);
    return new ReductionPlan(Method.COLUMN_LANES, "reduce_lanes", cut);
  }

  /** {@code item}, {@code group}, {@code group_64}, {@code single} or {@code lanes}. */
  @Override
  public String variant() {
    return switch (method) {
      case ITEM -> "item";
      case GROUP -> program.equals("reduce_single") ? "single" : program.replace("reduce", "group");
      case ROW_LANES, COLUMN_LANES -> "lanes";
    };
  }
}
