package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Cell;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.gpu.driver.DriverInfo;
import dev.kiln.gpu.driver.KernelProgram;
import dev.kiln.gpu.driver.ProgramCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RecurrentPlanTest {
  @ParameterizedTest
  @CsvSource({
    "LSTM, 1, rnn_sequence_lstm_32",
    "LSTM, 32, rnn_sequence_lstm_32",
    "LSTM, 33, rnn_sequence_lstm_64",
    "LSTM, 96, rnn_sequence_lstm_96",
    "LSTM, 97, rnn_step_lstm_16",
    "RNN_TANH, 192, rnn_sequence_rnn_192",
    "RNN_RELU, 193, rnn_step_rnn_16",
    "GRU, 128, rnn_sequence_gru_128",
    "GRU_RESET_FIRST, 113, rnn_step_gru_reset_first_16",
  })
  void takesASequenceALaunchWhereTheWeightsFit(Cell cell, int hidden, String program) {
    assertThat(RecurrentPlan.of(layer(cell, 10, 20, hidden), device(1024)).program())
        .isEqualTo(program);
  }

  @Test
  void takesOneStepAsAStep() {
    assertThat(RecurrentPlan.of(layer(Cell.LSTM, 1, 20, 32), device(1024)).program())
        .isEqualTo("rnn_step_lstm_16");
    assertThat(RecurrentPlan.of(layer(Cell.LSTM, 1, 4, 32), device(1024)).program())
        .isEqualTo("rnn_step_lstm_4");
  }

  @Test
  void staysWithinTheWorkGroupsOfTheDevice() {
    assertThat(RecurrentPlan.of(layer(Cell.LSTM, 10, 20, 64), device(256)).program())
        .isEqualTo("rnn_sequence_lstm_64");
    assertThat(RecurrentPlan.of(layer(Cell.LSTM, 10, 20, 65), device(256)).program())
        .isEqualTo("rnn_step_lstm_16");
  }

  @Test
  void givesAGroupSeveralSequencesOnceTheDeviceIsFull() {
    assertThat(RecurrentPlan.of(layer(Cell.LSTM, 10, 16, 32), device(1024)).rows()).isEqualTo(1);
    assertThat(RecurrentPlan.of(layer(Cell.LSTM, 10, 17, 32), device(1024)).rows()).isEqualTo(2);
    assertThat(RecurrentPlan.of(layer(Cell.LSTM, 10, 9999, 32), device(1024)).rows()).isEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource(Cell.class)
  void namesProgramsThatHoldWhatTheyAreNamedFor(Cell cell) {
    for (int units : RecurrentPlan.sizes(cell)) {
      RecurrentPlan plan = RecurrentPlan.sequence(cell, units, Integer.MAX_VALUE);
      KernelProgram program = ProgramCatalog.shipped().program(plan.program());
      assertThat(program.tunable("UNITS")).isEqualTo(units);
      assertThat(program.tunable("WG")).isEqualTo(units * cell.gates());
      assertThat(program.tunable("ROWS")).isEqualTo(plan.rows());
    }
    for (int rows : RecurrentPlan.blocks(cell)) {
      String program = RecurrentPlan.steps(cell, rows).program();
      assertThat(ProgramCatalog.shipped().program(program).tunable("ROWS")).isEqualTo(rows);
    }
  }

  private static RecurrentSpec layer(Cell cell, int steps, int batch, int hidden) {
    return new RecurrentSpec(cell, steps, batch, hidden, false, false, hidden, 0, 0);
  }

  /** With 8 multiprocessors. */
  private static DriverInfo device(int maxWorkGroup) {
    return new DriverInfo(
        "CUDA",
        "test",
        "nobody",
        "1",
        false,
        8,
        1L << 30,
        1L << 30,
        48 << 10,
        maxWorkGroup,
        256,
        75,
        1);
  }
}
