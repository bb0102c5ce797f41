package dev.kiln.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Cell;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.random.Philox;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CpuRecurrentTest {
  private static final int STEPS = 9;
  private static final int BATCH = 19;
  private static final int HIDDEN = 70;
  private static final int STATE = BATCH * HIDDEN;

  @ParameterizedTest
  @EnumSource(Cell.class)
  void theNumberOfThreadsChangesNoBit(Cell cell) {
    for (boolean vector : new boolean[] {true, false}) {
      List<float[]> alone = run(cell, vector, 1);
      for (int threads : new int[] {2, 5}) {
        List<float[]> together = run(cell, vector, threads);
        for (int i = 0; i < alone.size(); i++) {
          assertThat(together.get(i)).as("result %d", i).isEqualTo(alone.get(i));
        }
      }
    }
  }

  /** Everything that comes out of a layer of ragged sequences, forward and backward. */
  private static List<float[]> run(Cell cell, boolean vector, int threads) {
    Workers workers = new Workers(threads);
    try {
      CpuRecurrent recurrent =
          new CpuRecurrent(vector ? Engine.vector(workers) : Engine.scalar(workers));
      RecurrentSpec spec =
          new RecurrentSpec(cell, STEPS, BATCH, HIDDEN, false, true, 2 * HIDDEN, HIDDEN, STATE);
      int rows = STEPS * BATCH;
      int gates = spec.gateWidth();
      int[] lengths = new int[BATCH];
      for (int b = 0; b < BATCH; b++) {
        lengths[b] = 1 + b * 7 % STEPS;
      }
      Buffer ragged = new CpuBuffer(lengths, 0, BATCH, false);
      Buffer w = drawn(1, gates * HIDDEN);
      List<float[]> results = new ArrayList<>();
      Buffer y = empty(results, rows * 2 * HIDDEN);
      Buffer hn = empty(results, 2 * STATE);
      Buffer cn = empty(results, 2 * STATE);
      RecurrentKept kept =
          new RecurrentKept(
              empty(results, rows * gates),
              empty(results, rows * HIDDEN),
              cell.hasCellState() ? empty(results, rows * HIDDEN) : null,
              cell.keepsProduct() ? empty(results, rows * HIDDEN) : null);
      recurrent.recurrent(
          spec,
          drawn(2, rows * gates),
          w,
          drawn(3, gates),
          drawn(4, 2 * STATE),
          cell.hasCellState() ? drawn(5, 2 * STATE) : null,
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
          drawn(6, rows * 2 * HIDDEN),
          drawn(7, 2 * STATE),
          cell.hasCellState() ? drawn(8, 2 * STATE) : null,
          empty(results, rows * gates),
          cell == Cell.GRU ? empty(results, rows * gates) : null,
          empty(results, 2 * STATE),
          cell.hasCellState() ? empty(results, 2 * STATE) : null);
      return results;
    } finally {
      workers.close();
    }
  }

  private static Buffer empty(List<float[]> results, int size) {
    float[] values = new float[size];
    results.add(values);
    return new CpuBuffer(values, 0, size, false);
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
    return new CpuBuffer(values, 0, size, false);
  }
}
