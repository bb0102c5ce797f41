package dev.kiln.gpu;

import dev.kiln.backend.Cell;
import dev.kiln.backend.Recurrent;
import dev.kiln.backend.RecurrentSpec;

/**
 * How a recurrent layer is computed on a GPU: one launch a sequence with the weights in registers
 * where they fit (rnn_sequence.cl), else one launch a step (rnn_step.cl).
 *
 * @param method which of the two
 * @param program a line of {@code programs.txt}
 * @param rows sequences of a work-group
 */
record RecurrentPlan(Method method, String program, int rows) {
  /** What one launch computes. */
  enum Method {
    STEP,
    SEQUENCE
  }

  /** Sequences up to which a block of {@code rnn_step} is {@link #FEW} of them. */
  private static final int FEW = 4;

  private static final int MANY = 16;

  static RecurrentPlan of(RecurrentSpec spec) {
    return steps(spec.cell(), spec.batch() <= FEW ? FEW : MANY);
  }

  /** One launch a step, with blocks of so many sequences. */
  static RecurrentPlan steps(Cell cell, int rows) {
    return new RecurrentPlan(Method.STEP, "rnn_step_" + text(cell) + "_" + rows, rows);
  }

  /** The layers so computed. */
  Recurrent on(GpuFamily gpu) {
    return new RecurrentSteps(gpu, program);
  }

  /** A cell in the names of programs. */
  private static String text(Cell cell) {
    return switch (cell) {
      case RNN_TANH, RNN_RELU -> "rnn";
      case LSTM -> "lstm";
      case GRU -> "gru";
      case GRU_RESET_FIRST -> "gru_reset_first";
    };
  }
}
