package dev.kiln.gpu;

import dev.kiln.backend.Rows;
import dev.kiln.gpu.driver.Grid;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Launch geometry of kernels that take any number of groups and stride over what is left. */
interface GpuStriding extends GpuFamily {
  /** Enough for every device there is, and few enough for any API. */
  int MOST_GROUPS = 1 << 20;

  /** A work-item for each of {@code items}, or fewer that take several. */
  default Grid itemGrid(String program, long items) {
    int local = kernels().tunable(program, "WG");
    return Grid.of((int) Math.min((items + local - 1) / local, MOST_GROUPS), local);
  }

  /** A group for each of {@code results}, or fewer that take several. */
  default Grid groupGrid(String program, int results) {
    return Grid.of(Math.min(results, MOST_GROUPS), kernels().tunable(program, "WG"));
  }

  /**
   * The same for kernels of CPUs, whose work-items are alone in their groups: only as many groups
   * as keep the cores evenly busy, since each costs as much as a short row.
   */
  default Grid singleGrid(int results) {
    return Grid.of(Math.min(results, 1024 * driver().info().computeUnits()), 1);
  }

  /**
   * Launches a kernel of {@code row.h}; on CPUs that of the program {@code _single}, where a
   * work-item has whole rows.
   *
   * @param arguments all but the last, which tells how many work-items share a row
   */
  default void launchRows(String program, String kernel, Rows rows, @Nullable Object... arguments) {
    boolean cpu = cpuKernels();
    RowPlan.Work work = new RowPlan.Work(kernel, rows);
    RowPlan own = RowPlan.of(work, driver().info().computeUnits(), cpu);
    RowPlan plan = kernels().tuning().choose(Family.ROWS, work, own, () -> RowPlan.candidates(cpu));
    @Nullable Object[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = plan.team();
    if (cpu) {
      launch(program + "_single", kernel, singleGrid(rows.count()), all);
    } else {
      launch(program, kernel, itemGrid(program, (long) rows.count() * plan.team()), all);
    }
  }

  /**
   * The same for a program that has a second one, with {@code _cpu} behind its name and its
   * kernels', in which dense rows are read in explicit vectors: CPUs behind OpenCL take that.
   */
  default void launchScores(
      String program, String kernel, Rows rows, @Nullable Object... arguments) {
    if (wideKernels() && rows.inner() == 1) {
      String wide = program + "_cpu_" + WideLanes.on(this);
      launch(wide, kernel + "_cpu", singleGrid(rows.count()), arguments);
    } else {
      launchRows(program, kernel, rows, arguments);
    }
  }
}
