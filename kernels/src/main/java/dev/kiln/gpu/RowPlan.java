package dev.kiln.gpu;

import dev.kiln.backend.Rows;
import java.util.List;

/**
 * How many work-items share a row of softmax, the losses and their like; any is right for any rows.
 * {@code row.h} tells how they do.
 */
enum RowPlan implements Variant {
  /** All that there is on CPUs. */
  TEAM_1(1),
  TEAM_4(4),
  TEAM_16(16),
  TEAM_64(64),
  TEAM_256(256);

  /** Elements that a work-item is given before others help it: as many as any kernel keeps. */
  private static final int OF_ONE = 8;

  /** From here on a group is to have this many rows beside each other, to read in whole sectors. */
  private static final int WIDE_INNER = 16;

  /** Work-items for each multiprocessor that keep it busy. */
  private static final int CROWD = 256;

  private final int team;

  RowPlan(int team) {
    this.team = team;
  }

  /**
   * @param kernel its name
   */
  record Work(String kernel, Rows rows) {}

  static RowPlan of(Work work, int computeUnits, boolean cpu) {
    if (cpu) {
      return TEAM_1;
    }
    Rows rows = work.rows();
    int most = rows.inner() >= WIDE_INNER ? TEAM_256.team / WIDE_INNER : TEAM_256.team;
    RowPlan plan = TEAM_1;
    while (plan.team < most && rows.n() > plan.team * OF_ONE
        || plan != TEAM_256 && rows.n() >= 4 * plan.team && !crowded(rows, plan, computeUnits)) {
      plan = values()[plan.ordinal() + 1];
    }
    return plan;
  }

  private static boolean crowded(Rows rows, RowPlan plan, int computeUnits) {
    return (long) rows.count() * plan.team >= (long) CROWD * computeUnits;
  }

  static List<RowPlan> candidates(boolean cpu) {
    return cpu ? List.of(TEAM_1) : List.of(values());
  }

  /** Work-items that share a row. */
  int team() {
    return team;
  }

  /** Such as {@code team_16}. */
  @Override
  public String variant() {
    return "team_" + team;
  }
}
