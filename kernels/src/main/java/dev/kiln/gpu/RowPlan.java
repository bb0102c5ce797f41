package dev.kiln.gpu;

import dev.kiln.backend.Rows;
import java.util.List;
import java.util.Locale;

/** Who has a row of softmax, the losses and their like; either is right for any rows. */
enum RowPlan implements Variant {
  /** A work-item, beside others with rows of their own. */
  ITEM,
  /** A work-group; on CPUs of one work-item. */
  GROUP;

  /** Rows up to here are left to a single work-item: a group would have nothing to share. */
  static final int SHORT_ROW = 32;

  /** From here on a work-item per row reads whole cache lines together with its neighbours. */
  static final int WIDE_INNER = 32;

  /** Rows for each multiprocessor that keep it busy with a work-item a row. */
  private static final int CROWD = 256;

  /**
   * @param kernel its name, without what tells the plan
   */
  record Work(String kernel, Rows rows) {}

  static RowPlan of(Work work, int computeUnits, boolean cpu) {
    Rows rows = work.rows();
    boolean crowded = rows.count() >= (long) CROWD * computeUnits;
    return rows.n() <= SHORT_ROW || !cpu && rows.inner() >= WIDE_INNER && crowded ? ITEM : GROUP;
  }

  static List<RowPlan> candidates() {
    return List.of(values());
  }

  @Override
  public String variant() {
    return name().toLowerCase(Locale.ROOT);
  }
}
