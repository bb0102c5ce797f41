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
import org.jspecify.annotations.Nullable;
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

  /** Lengths that leave nothing out keep a batch from the way that narrow layers else take. */
  @ParameterizedTest
  @EnumSource(Cell.class)
  void narrowLayersGiveTheSameBitsHoweverTheyAreComputed(Cell cell) {
    Workers workers = new Workers(1);
    for (boolean vector : new boolean[] {true, false}) {
      Engine engine = vector ? Engine.vector(workers) : Engine.scalar(workers);
      for (int hidden : new int[] {1, 2, 5, 8, 15, 16, 17}) {
        for (int batch = 1; batch < 4; batch++) {
          int[] all = new int[batch];
          Arrays.fill(all, STEPS);
          Buffer whole = new CpuBuffer(all, batch, false);
          for (int kind = 0; kind < 8; kind++) {
            int width = (kind & 4) == 0 ? hidden : 2 * hidden;
            RecurrentSpec spec =
                new RecurrentSpec(
                    cell,
                    STEPS,
                    batch,
                    hidden,
                    (kind & 1) != 0,
                    (kind & 2) != 0,
                    width,
                    width - hidden,
                    batch * hidden);
            isTheSame(run(engine, spec, null), run(engine, spec, whole));
          }
        }
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
    Workers workers = new Workers(threads);
    try {
      RecurrentSpec spec =
          new RecurrentSpec(
              cell, STEPS, batch, hidden, false, true, 2 * hidden, hidden, batch * hidden);
      int[] lengths = new int[batch];
      for (int b = 0; b < batch; b++) {
        lengths[b] = 1 + b * 7 % STEPS;
      }
      Buffer ragged = batch == 1 ? null : new CpuBuffer(lengths, batch, false);
      return run(vector ? Engine.vector(workers) : Engine.scalar(workers), spec, ragged);
    } finally {
      workers.close();
    }
  }

  private static List<float[]> run(Engine engine, RecurrentSpec spec, @Nullable Buffer lengths) {
    CpuRecurrent recurrent = new CpuRecurrent(engine);
    Cell cell = spec.cell();
    int hidden = spec.hidden();
    int state = spec.batch() * hidden;
    int rows = STEPS * spec.batch();
    int gates = spec.gateWidth();
    Buffer w = drawn(1, gates * hidden);
    List<float[]> results = new ArrayList<>();
    Buffer y = empty(results, rows * spec.width());
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
        lengths,
        y,
        hn,
        cell.hasCellState() ? cn : null,
        kept);
    recurrent.recurrentGradient(
        spec,
        kept,
        w,
        lengths,
        drawn(6, rows * spec.width()),
        drawn(7, 2 * state),
        cell.hasCellState() ? drawn(8, 2 * state) : null,
        empty(results, rows * gates),
        cell == Cell.GRU ? empty(results, rows * gates) : null,
        empty(results, 2 * state),
        cell.hasCellState() ? empty(results, 2 * state) : null);
    return results;
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
