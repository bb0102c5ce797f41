package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Reduction;
import dev.kiln.backend.Rows;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.Grid;
import org.jspecify.annotations.Nullable;

/** Sums and maxima of rows, in rounds where rows are long: {@code reduce.cl} tells how. */
interface GpuReduction extends Reduction, GpuStriding {
  @Override
  default void sum(Rows rows, float scale, Buffer x, Buffer y) {
    if (rows.count() > 0) {
      sum(rows, scale, GpuFamily.memory(x), GpuFamily.memory(y));
    }
  }

  private void sum(Rows rows, float scale, DeviceMemory x, DeviceMemory y) {
    ReductionPlan plan = plan(Family.SUM, rows);
    Sections cut = plan.cut();
    if (cut.count() == 1) {
      sumSections(plan, scale, x, y);
      return;
    }
    try (Workspace partial = Workspace.ofFloats(pool(), cut.total())) {
      sumSections(plan, 1, x, partial.memory());
      sum(cut.results(), scale, partial.memory(), y);
    }
  }

  private void sumSections(ReductionPlan plan, float scale, DeviceMemory x, DeviceMemory y) {
    Sections cut = plan.cut();
    int results = plan.method() == ReductionPlan.Method.COLUMN_LANES ? strips(cut) : cut.total();
    launch(
        plan.program(),
        "sum_" + plan.method().suffix,
        grid(plan, results),
        x,
        y,
        scale,
        cut.rows().n(),
        cut.rows().inner(),
        cut.length(),
        cut.count(),
        results);
  }

  @Override
  default void max(Rows rows, Buffer x, Buffer values, Buffer indices) {
    if (rows.count() > 0) {
      max(rows, GpuFamily.memory(x), null, GpuFamily.memory(values), GpuFamily.memory(indices));
    }
  }

  private void max(
      Rows rows,
      DeviceMemory x,
      @Nullable DeviceMemory from,
      DeviceMemory values,
      DeviceMemory indices) {
    ReductionPlan plan = plan(Family.MAX, rows);
    Sections cut = plan.cut();
    if (cut.count() == 1) {
      maxSections(plan, x, from, values, indices);
      return;
    }
    try (Workspace partialValues = Workspace.ofFloats(pool(), cut.total());
        Workspace partialIndices = Workspace.ofFloats(pool(), cut.total())) {
      maxSections(plan, x, from, partialValues.memory(), partialIndices.memory());
      max(cut.results(), partialValues.memory(), partialIndices.memory(), values, indices);
    }
  }

  private void maxSections(
      ReductionPlan plan,
      DeviceMemory x,
      @Nullable DeviceMemory from,
      DeviceMemory values,
      DeviceMemory indices) {
    Sections cut = plan.cut();
    launch(
        plan.program(),
        "max_" + plan.method().suffix,
        grid(plan, cut.total()),
        x,
        from,
        values,
        indices,
        cut.rows().n(),
        cut.rows().inner(),
        cut.length(),
        cut.count(),
        cut.total());
  }

  private ReductionPlan plan(Family family, Rows rows) {
    int units = driver().info().computeUnits();
    boolean cpu = cpuKernels();
    return kernels()
        .tuning()
        .choose(
            family,
            rows,
            ReductionPlan.of(family, rows, units, cpu),
            () -> ReductionPlan.candidates(family, rows, units, cpu));
  }

  private Grid grid(ReductionPlan plan, int results) {
    return switch (plan.method()) {
      case ITEM -> itemGrid(plan.program(), results);
      case GROUP -> groupGrid(plan.program(), results);
      case ROW_LANES, COLUMN_LANES -> singleGrid(results);
    };
  }

  private int strips(Sections cut) {
    int lanes = kernels().tunable("reduce_lanes", "LANES");
    return cut.rows().outer() * cut.count() * ((cut.rows().inner() + lanes - 1) / lanes);
  }

  @Override
  default void scatter(Rows rows, Buffer indices, Buffer dy, Buffer dx) {
    driver().fill(GpuFamily.memory(dx), 0, (long) dx.size() * Float.BYTES);
    launch(
        "reduce",
        "scatter",
        itemGrid("reduce", rows.n() == 0 ? 0 : rows.count()),
        indices,
        dy,
        dx,
        rows.n(),
        rows.inner(),
        rows.count());
  }
}
