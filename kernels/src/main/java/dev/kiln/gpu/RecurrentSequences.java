package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Recurrent;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.gpu.driver.Grid;
import org.jspecify.annotations.Nullable;

/** Recurrent layers by rnn_sequence.cl: all steps in one launch. */
final class RecurrentSequences implements Recurrent {
  private final GpuFamily gpu;
  private final String program;
  private final int rows;

  /**
   * @param program a line of {@code programs.txt} with rnn_sequence.cl, for the layer's cell and
   *     hidden size
   * @param rows sequences of a work-group, at most the program's {@code ROWS}
   */
  RecurrentSequences(GpuFamily gpu, String program, int rows) {
    this.gpu = gpu;
    this.program = program;
    this.rows = rows;
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
    RecurrentArguments arguments =
        RecurrentArguments.of(x, w, bias, h0, c0, lengths, y, hn, cn)
            .kept(kept)
            .and(rows)
            .layout(spec)
            .states(spec)
            .and(RecurrentArguments.relu(spec));
    gpu.launch(program, "rnn_forward_sequence", grid(spec), arguments.toArray());
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
    RecurrentArguments arguments =
        RecurrentArguments.of()
            .kept(kept)
            .and(w, lengths, dy, dhn, dcn, dx, dproduct, dh0, dc0, rows)
            .layout(spec)
            .states(spec)
            .and(RecurrentArguments.relu(spec));
    gpu.launch(program, "rnn_backward_sequence", grid(spec), arguments.toArray());
  }

  private Grid grid(RecurrentSpec spec) {
    return Grid.of(GemmPlan.ceilDiv(spec.batch(), rows), gpu.kernels().tunable(program, "WG"));
  }
}
