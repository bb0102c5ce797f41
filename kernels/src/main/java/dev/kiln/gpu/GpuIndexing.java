package dev.kiln.gpu;

import dev.kiln.DType;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Indexing;
import dev.kiln.backend.Picks;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.Grid;

/** The kernels of {@code index.cl}. */
interface GpuIndexing extends Indexing, GpuStriding {
  /** Places that a work-item sorts: few enough to be quick, where there are many to share. */
  int SECTION = 64;

  /** Counts that all sections may have together (64 MiB). */
  long MOST_COUNTS = 1 << 24;

  @Override
  default void take(Picks picks, Buffer x, Buffer index, Buffer y) {
    String program = cpuKernels() ? "index_cpu" : "index";
    int[] extents = {picks.outer() * picks.count(), picks.inner()};
    RowRuns runs = new RowRuns(extents, cpuKernels(), driver().info().computeUnits());
    launch(
        program,
        "take",
        covering(program, picks.taken() == 0 ? 0 : runs.items),
        x,
        index,
        y,
        picks.outer(),
        picks.n(),
        picks.count(),
        picks.inner(),
        runs.run);
  }

  @Override
  default void takeGradient(Picks picks, int skipped, Buffer index, Buffer dy, Buffer dx) {
    int n = picks.n();
    int count = picks.count();
    if (dx.size() == 0 || count == 0) {
      driver().fill(GpuFamily.memory(dx), 0, (long) dx.size() * DType.BYTES);
      return;
    }
    int section = section(picks);
    int sections = GemmPlan.ceilDiv(count, section);
    try (Workspace counts = new Workspace(pool(), pool().allocate(bytes((long) sections * n)));
        Workspace starts = new Workspace(pool(), pool().allocate(bytes(n)));
        Workspace order = new Workspace(pool(), pool().allocate(bytes(count)))) {
      DeviceMemory table = counts.memory();
      DeviceMemory first = starts.memory();
      String program = cpuKernels() ? "index_single" : "index";
      driver().fill(table, 0, bytes((long) sections * n));
      launch(program, "sort_count", covering(program, sections), index, table, n, count, section);
      launch("index", "sort_rank", itemGrid("index", n), table, first, n, sections);
      launch(program, "sort_scan", groupGrid(program, 1), first, n);
      launch(
          program,
          "sort_place",
          covering(program, sections),
          index,
          table,
          first,
          order.memory(),
          n,
          count,
          section);
      launch(
          program,
          cpuKernels() ? "take_gradient_by_row" : "take_gradient_by_group",
          cpuKernels() ? singleGrid(n) : sumGrid(picks),
          first,
          order.memory(),
          dy,
          dx,
          picks.outer(),
          n,
          count,
          picks.inner(),
          skipped);
    }
  }

  private Grid sumGrid(Picks picks) {
    int columns = kernels().tunable("index", "COLUMNS");
    long strips = (picks.outer() * picks.inner() + columns - 1L) / columns;
    return groupGrid("index", (int) Math.min(MOST_GROUPS, strips * picks.n()));
  }

  /** Places a section, so that there is work for all and the counts do not grow out of hand. */
  private int section(Picks picks) {
    long most = Math.max(1, MOST_COUNTS / picks.n());
    long wanted =
        cpuKernels()
            ? 2L * driver().info().computeUnits()
            : GemmPlan.ceilDiv(picks.count(), SECTION);
    return GemmPlan.ceilDiv(picks.count(), (int) Math.min(most, wanted));
  }

  private static long bytes(long words) {
    return words * DType.BYTES;
  }

  @Override
  default void gather(Picks picks, Buffer x, Buffer index, Buffer y) {
    launch(
        "index",
        "gather",
        itemGrid("index", picks.taken()),
        x,
        index,
        y,
        picks.n(),
        picks.count(),
        picks.inner(),
        picks.taken());
  }

  @Override
  default void gatherGradient(Picks picks, Buffer index, Buffer dy, Buffer dx) {
    driver().fill(GpuFamily.memory(dx), 0, (long) dx.size() * DType.BYTES);
    int rows = picks.taken() == 0 ? 0 : picks.outer() * picks.inner();
    launch(
        "index",
        "gather_gradient",
        itemGrid("index", rows),
        index,
        dy,
        dx,
        picks.n(),
        picks.count(),
        picks.inner(),
        rows);
  }

  @Override
  default void oneHot(int classes, Buffer index, Buffer y) {
    int one = y.dtype() == DType.FLOAT32 ? Float.floatToRawIntBits(1) : 1;
    launch("index", "one_hot", itemGrid("index", y.size()), index, y, one, classes, y.size());
  }
}
