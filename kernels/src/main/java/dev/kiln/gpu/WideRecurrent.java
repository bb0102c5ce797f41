package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Recurrent;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.gpu.driver.Grid;
import org.jspecify.annotations.Nullable;

/** Recurrent layers by rnn_cpu.cl, for CPUs behind OpenCL: all steps in one launch. */
final class WideRecurrent implements Recurrent {
  /** The most sequences of a group, which share what they read of the weights. */
  private static final int MOST_ROWS = 8;

  /** Floats of scratch for each unit of a sequence, beside one for each gate. */
  private static final int CARRIED = 3;

  private final GpuFamily gpu;
  private final String program;
  private final int lanes;

  /**
   * @param cell the cell in the names of programs
   * @param lanes floats in a vector, 8 or 16
   */
  WideRecurrent(GpuFamily gpu, String cell, int lanes) {
    this.gpu = gpu;
    this.program = "rnn_cpu_" + cell + "_" + lanes;
    this.lanes = lanes;
  }

  @Override
  public void recurrent(
      RecurrentSpec spec,
      Buffer x,
      Buffer w,
      @Nullable Buffer bias,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      @Nullable Buffer lengths,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable RecurrentKept kept) {
    int hidden = spec.hidden();
    long weights = (long) hidden * spec.cell().gates() * pitch(spec);
    try (Workspace packed = Workspace.ofFloats(gpu.pool(), weights);
        Workspace scratch = scratch(spec)) {
      gpu.launch(program, "rnn_cpu_pack", Grid.of(hidden, 1), w, packed.memory(), hidden, 1);
      RecurrentArguments arguments =
          RecurrentArguments.of(x, packed.memory(), bias, h0, c0, lengths, y, hn, cn)
              .kept(kept)
              .and(scratch.memory(), rows(spec))
              .layout(spec)
              .states(spec)
              .and(RecurrentArguments.relu(spec));
      gpu.launch(program, "rnn_cpu_forward", grid(spec), arguments.toArray());
    }
  }

  @Override
  public void recurrentGradient(
      RecurrentSpec spec,
      RecurrentKept kept,
      Buffer w,
      @Nullable Buffer lengths,
      @Nullable Buffer dy,
      @Nullable Buffer dhn,
      @Nullable Buffer dcn,
      Buffer dx,
      @Nullable Buffer dproduct,
      @Nullable Buffer dh0,
      @Nullable Buffer dc0) {
    int hidden = spec.hidden();
    int weightRows = spec.cell().gates() * pitch(spec);
    try (Workspace packed = Workspace.ofFloats(gpu.pool(), (long) weightRows * pitch(spec));
        Workspace scratch = scratch(spec)) {
      gpu.launch(program, "rnn_cpu_pack", Grid.of(weightRows, 1), w, packed.memory(), hidden, 0);
      RecurrentArguments arguments =
          RecurrentArguments.of()
              .kept(kept)
              .and(packed.memory(), lengths, dy, dhn, dcn, dx, dproduct, dh0, dc0)
              .and(scratch.memory(), rows(spec))
              .layout(spec)
              .states(spec)
              .and(RecurrentArguments.relu(spec));
      gpu.launch(program, "rnn_cpu_backward", grid(spec), arguments.toArray());
    }
  }

  /** A gate's units, rounded up to whole vectors. */
  private int pitch(RecurrentSpec spec) {
    return GemmPlan.ceilDiv(spec.hidden(), lanes) * lanes;
  }

  private Workspace scratch(RecurrentSpec spec) {
    long each = (long) (spec.cell().gates() + CARRIED) * pitch(spec);
    return Workspace.ofFloats(gpu.pool(), spec.batch() * each);
  }

  /** As many sequences a group as leave every core one. */
  private int rows(RecurrentSpec spec) {
    int share = GemmPlan.ceilDiv(spec.batch(), gpu.driver().info().computeUnits());
    return Math.max(1, Math.min(share, MOST_ROWS));
  }

  private Grid grid(RecurrentSpec spec) {
    return Grid.of(GemmPlan.ceilDiv(spec.batch(), rows(spec)), 1);
  }
}
