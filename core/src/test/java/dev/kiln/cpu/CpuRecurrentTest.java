package dev.kiln.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Cell;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.random.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CpuRecurrentTest {
  private static final int STEPS = 9;
  private static final int BATCH = 19;
  private static final int HIDDEN = 70;

  @ParameterizedTest
  @EnumSource(Cell.class)
  void theNumberOfThreadsChangesNoBit(Cell cell) {
    for (boolean vector : new boolean[] {true, false}) {
      List<float[]> alone = run(cell, BATCH, HIDDEN, vector, 1);
      for (int threads : new int[] {2, 5}) {
        isTheSame(run(cell, BATCH, HIDDEN, vector, threads), alone);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Cell.class)
  void threadsThatShareTheUnitsOfASingleSequenceChangeNoBit(Cell cell) {
    for (boolean vector : new boolean[] {true, false}) {
      List<float[]> alone = run(cell, 1, 192, vector, 1);
      for (int threads : new int[] {2, 3, 5}) {
        isTheSame(run(cell, 1, 192, vector, threads), alone);
      }
    }
  }

  private static void isTheSame(List<float[]> together, List<float[]> alone) {
    for (int i = 0; i < alone.size(); i++) {
      assertThat(Arrays.equals(together.get(i), alone.get(i))).as("result %d", i).isTrue();
    }
  }

  /**
   * Everything that comes out of a layer, forward and backward: of ragged sequences, or of a single
   * whole one.
   */
  private static List<float[]> run(Cell cell, int batch, int hidden, boolean vector, int threads) {
    int state = batch * hidden;
    Workers workers = new Workers(threads);
    try {
      CpuRecurrent recurrent =
          new CpuRecurrent(vector ? Engine.vector(workers) : Engine.scalar(workers));
      RecurrentSpec spec =
          new RecurrentSpec(cell, STEPS, batch, hidden, false, true, 2 * hidden, hidden, state);
      int rows = STEPS * batch;
      int gates = spec.gateWidth();
      int[] lengths = new int[batch];
      for (int b = 0; b < batch; b++) {
        lengths[b] = 1 + b * 7 % STEPS;
      }
      Buffer ragged = batch == 1 ? null : new CpuBuffer(lengths, batch, false);
      Buffer w = drawn(1, gates * hidden);
      List<float[]> results = new ArrayList<>();
      Buffer y = empty(results, rows * 2 * hidden);
      Buffer hn = empty(results, 2 * state);
      Buffer cn = empty(results, 2 * state);
      RecurrentKept kept =
          new RecurrentKept(
              empty(results, rows * gates),
              empty(results, rows * hidden),
              cell.hasCellState() ? empty(results, rows * hidden) : null,
              cell.keepsProduct() ? empty(results, rows * hidden) : null);
      recurrent.recurrent(
          spec,
          drawn(2, rows * gates),
          w,
          drawn(3, gates),
          drawn(4, 2 * state),
          cell.hasCellState() ? drawn(5, 2 * state) : null,
          ragged,
          y,
          hn,
          cell.hasCellState() ? cn : null,
          kept);
      recurrent.recurrentGradient(
          spec,
          kept,
          w,
          ragged,
          drawn(6, rows * 2 * hidden),
          drawn(7, 2 * state),
          cell.hasCellState() ? drawn(8, 2 * state) : null,
          empty(results, rows * gates),
          cell == Cell.GRU ? empty(results, rows * gates) : null,
          empty(results, 2 * state),
          cell.hasCellState() ? empty(results, 2 * state) : null);
      return results;
    } finally {
      workers.close();
    }
  }

  private static Buffer empty(List<float[]> results, int size) {
    float[] values = new float[size];
    results.add(values);
    return new CpuBuffer(values, size, false);
  }

  private static Buffer drawn(int seed, int size) {
    float[] values = new float[size];
    int[] lanes = new int[Philox.LANES];
    for (int i = 0; i < size; i++) {
      if (i % Philox.LANES == 0) {
        Philox.block(seed, 0, i / Philox.LANES, lanes);
      }
      values[i] = Philox.uniform(lanes[i % Philox.LANES]) - 0.5f;
    }
    return new CpuBuffer(values, size, false);
  }
}
