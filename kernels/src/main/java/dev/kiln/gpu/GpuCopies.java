package dev.kiln.gpu;

import dev.kiln.DType;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Copies;
import dev.kiln.backend.StridedCopy;
import org.jspecify.annotations.Nullable;

/** Copies: the driver's own where nothing is rearranged, else copy.cl. */
interface GpuCopies extends Copies, GpuFamily {
  @Override
  default void copy(StridedCopy copy, Buffer source, Buffer destination) {
    if (copy.size() == 0) {
      return;
    }
    if (isPlain(copy)) {
      driver()
          .copy(
              GpuFamily.memory(source),
              GpuFamily.memory(destination),
              (long) copy.size() * DType.BYTES);
      return;
    }
    String program = cpuKernels() ? "copy_cpu" : "copy";
    int rank = copy.extents().length <= 3 ? 3 : 8;
    RowRuns runs = new RowRuns(copy.extents(), cpuKernels(), driver().info().computeUnits());
    @Nullable Object[] arguments = new Object[5 + 3 * rank];
    arguments[0] = source;
    arguments[1] = destination;
    arguments[2] = copy.sourceOffset();
    arguments[3] = copy.destinationOffset();
    arguments[4] = runs.run;
    RowRuns.put(arguments, 5, copy.extents(), rank, 1);
    RowRuns.put(arguments, 5 + rank, copy.sourceStrides(), rank, 0);
    RowRuns.put(arguments, 5 + 2 * rank, copy.destinationStrides(), rank, 0);
    launch(program, rank == 3 ? "copy_3" : "copy_8", covering(program, runs.items), arguments);
  }

  private static boolean isPlain(StridedCopy copy) {
    return copy.extents().length == 1
        && copy.sourceStrides()[0] == 1
        && copy.destinationStrides()[0] == 1
        && copy.sourceOffset() == 0
        && copy.destinationOffset() == 0;
  }
}
