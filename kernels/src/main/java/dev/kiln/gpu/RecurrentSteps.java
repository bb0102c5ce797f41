package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Cell;
import dev.kiln.backend.Recurrent;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.Grid;
import org.jspecify.annotations.Nullable;

/** Recurrent layers by rnn_step.cl: one launch a step, two where the reset gate comes first. */
final class RecurrentSteps implements Recurrent {
  private final GpuFamily gpu;
  private final String program;

  /**
   * @param program a line of {@code programs.txt} with rnn_step.cl, for the layer's cell
   */
  RecurrentSteps(GpuFamily gpu, String program) {
    this.gpu = gpu;
    this.program = program;
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
    Grid grid = grid(spec);
    if (spec.cell() != Cell.GRU_RESET_FIRST) {
      for (int step = 0; step < spec.steps(); step++) {
        gpu.launch(
            program,
            "rnn_forward_step",
            grid,
            RecurrentArguments.of(x, w, bias, h0, c0, lengths, y, hn, cn)
                .kept(kept)
                .and(step)
                .layout(spec)
                .states(spec)
                .and(RecurrentArguments.relu(spec))
                .toArray());
      }
      return;
    }
    Buffer gates = kept == null ? null : kept.gates();
    Buffer previous = kept == null ? null : kept.previous();
    Buffer product = kept == null ? null : kept.product();
    long states = (long) spec.batch() * spec.hidden();
    try (Workspace resets = Workspace.ofFloats(gpu.pool(), states);
        Workspace updates = Workspace.ofFloats(gpu.pool(), states)) {
      for (int step = 0; step < spec.steps(); step++) {
        gpu.launch(
            program,
            "rnn_forward_reset",
            grid,
            RecurrentArguments.of(x, w, bias, h0, lengths, y, gates, previous, product)
                .and(resets.memory(), updates.memory(), step)
                .layout(spec)
                .states(spec)
                .toArray());
        gpu.launch(
            program,
            "rnn_forward_new",
            grid,
            RecurrentArguments.of(x, w, bias, h0, lengths, y, hn, gates)
                .and(resets.memory(), updates.memory(), step)
                .layout(spec)
                .states(spec)
                .toArray());
      }
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
    boolean gru = spec.cell().keepsProduct();
    long states = (long) spec.batch() * spec.hidden();
    try (Workspace back = Workspace.ofFloats(gpu.pool(), states)) {
      DeviceMemory carry = gru ? back.memory() : null;
      DeviceMemory dc = spec.cell().hasCellState() ? back.memory() : null;
      int end = dh0 == null && dc0 == null ? 0 : -1;
      for (int step = spec.steps() - 1; step >= end; step--) {
        gpu.launch(
            program,
            "rnn_backward_step",
            grid(spec),
            RecurrentArguments.of()
                .kept(kept)
                .and(w, lengths, dy, dhn, dcn, dx, dproduct, dh0, dc0, carry, dc, step)
                .layout(spec)
                .states(spec)
                .and(RecurrentArguments.relu(spec))
                .toArray());
        if (spec.cell() == Cell.GRU_RESET_FIRST && step >= 0) {
          gpu.launch(
              program,
              "rnn_backward_reset",
              grid(spec),
              RecurrentArguments.of(kept.gates(), kept.previous(), w, lengths, dx, carry, step)
                  .layout(spec)
                  .toArray());
        }
      }
    }
  }

  private Grid grid(RecurrentSpec spec) {
    int units = gpu.kernels().tunable(program, "UNITS");
    int rows = gpu.kernels().tunable(program, "ROWS");
    return new Grid(
        GemmPlan.ceilDiv(spec.hidden(), units),
        GemmPlan.ceilDiv(spec.batch(), rows),
        1,
        gpu.kernels().tunable(program, "WG"));
  }
}
