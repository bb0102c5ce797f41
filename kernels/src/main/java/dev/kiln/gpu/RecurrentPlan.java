package dev.kiln.gpu;

import dev.kiln.backend.Cell;
import dev.kiln.backend.Recurrent;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.gpu.driver.DriverInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How a recurrent layer is computed on a GPU: one launch a sequence with the weights in registers
 * where they fit (rnn_sequence.cl), else one launch a step (rnn_step.cl).
 *
 * <pre>
 *   cell               RNN             LSTM          GRU            GRU, reset first
 *   a sequence up to   192             96            128            64                hidden units
 *   programs for       64, 128, 192    32, 64, 96    32, 64, 128    64
 *   work-items         each unit's     4 a unit      3 a unit       3 a unit
 * </pre>
 *
 * A work-item holds as many weights as the program is for units. What bounds them is that a
 * multiprocessor of NVIDIA's has 65536 registers: 4 · 96 work-items may have 168 each. On a device
 * that allows fewer work-items a group, steps take over earlier. A GRU that resets first, which is
 * rare, has few programs: they are the largest of all. All of the kernels stay within 24 KiB of
 * local memory, where OpenCL and CUDA give 32 at least.
 *
 * @param method which of the two
 * @param program a line of {@code programs.txt}
 * @param rows sequences of a work-group
 */
record RecurrentPlan(Method method, String program, int rows) implements Variant {
  /** What one launch computes. */
  enum Method {
    STEP,
    SEQUENCE
  }

  /** What {@link #variant} may be. */
  static final Pattern NAMES = Pattern.compile("step_(4|16)|sequence_\\d{2,3}x[1-4]");

  /** Groups that a multiprocessor wants, so that one computes while another waits. */
  private static final int GROUPS_PER_UNIT = 2;

  static RecurrentPlan of(RecurrentSpec spec, DriverInfo device) {
    for (int units : sizes(spec.cell())) {
      if (fits(spec, units, device) && spec.steps() > 1) {
        int groups = GROUPS_PER_UNIT * device.computeUnits();
        return sequence(spec.cell(), units, GemmPlan.ceilDiv(spec.batch(), groups));
      }
    }
    int[] blocks = blocks(spec.cell());
    return steps(spec.cell(), spec.batch() <= blocks[0] ? blocks[0] : blocks[blocks.length - 1]);
  }

  private static boolean fits(RecurrentSpec spec, int units, DriverInfo device) {
    return spec.hidden() <= units && units * spec.cell().gates() <= device.maxWorkGroup();
  }

  /** Steps of blocks of either size, and sequences of each size that fits, one or more a group. */
  static List<RecurrentPlan> candidates(RecurrentSpec spec, DriverInfo device) {
    List<RecurrentPlan> candidates = new ArrayList<>();
    for (int rows : blocks(spec.cell())) {
      candidates.add(steps(spec.cell(), rows));
    }
    for (int units : sizes(spec.cell())) {
      for (int rows = 1; fits(spec, units, device) && rows <= most(spec.cell()); rows++) {
        candidates.add(sequence(spec.cell(), units, rows));
      }
    }
    return candidates;
  }

  /**
   * Such as {@code step_16} or, of 2 sequences a group for up to 64 units, {@code sequence_64x2}.
   */
  @Override
  public String variant() {
    String size = program.substring(program.lastIndexOf('_'));
    return method == Method.STEP ? "step" + size : "sequence" + size + "x" + rows;
  }

  /** The hidden sizes that there are programs for. */
  static int[] sizes(Cell cell) {
    return switch (cell) {
      case RNN_TANH, RNN_RELU -> new int[] {64, 128, 192};
      case LSTM -> new int[] {32, 64, 96};
      case GRU -> new int[] {32, 64, 128};
      case GRU_RESET_FIRST -> new int[] {64};
    };
  }

  /** The sequences of a block that there are programs of {@code rnn_step} for. */
  static int[] blocks(Cell cell) {
    return cell == Cell.GRU_RESET_FIRST ? new int[] {16} : new int[] {4, 16};
  }

  /**
   * One launch for all steps.
   *
   * @param units the program's hidden size, the layer's or more
   * @param rows sequences that a group should have, if its program lets it
   */
  static RecurrentPlan sequence(Cell cell, int units, int rows) {
    return new RecurrentPlan(
        Method.SEQUENCE,
        "rnn_sequence_" + text(cell) + "_" + units,
        Math.max(1, Math.min(rows, most(cell))));
  }

  /** The {@code ROWS} of the cell's programs. */
  private static int most(Cell cell) {
    return switch (cell) {
      case RNN_TANH, RNN_RELU -> 2;
      case LSTM -> 4;
      case GRU, GRU_RESET_FIRST -> 3;
    };
  }

  /**
   * One launch a step.
   *
   * @param rows sequences of a block, one of {@link #blocks}
   */
  static RecurrentPlan steps(Cell cell, int rows) {
    return new RecurrentPlan(Method.STEP, "rnn_step_" + text(cell) + "_" + rows, rows);
  }

  /** The layers so computed. */
  Recurrent on(GpuFamily gpu) {
    return method == Method.STEP
        ? new RecurrentSteps(gpu, program)
        : new RecurrentSequences(gpu, program, rows);
  }

  /** A cell in the names of programs. */
  static String text(Cell cell) {
    return switch (cell) {
      case RNN_TANH, RNN_RELU -> "rnn";
      case LSTM -> "lstm";
      case GRU -> "gru";
      case GRU_RESET_FIRST -> "gru_reset_first";
    };
  }
}
