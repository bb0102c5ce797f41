package dev.kiln.cpu;

import java.util.Arrays;

/**
 * Recurrent weights {@code [gates · hidden, in]}, where in is hidden but for input weights, as the
 * right operand of a step: forward its columns are the gates' units, backward those of the state.
 * Where a {@link RecurrentBlock} has zeros behind the units, so has this.
 *
 * @param units of a slot of the block; fewer than hidden if it has but a part of them
 */
record GateWeights(
    float[] data, int offset, int gates, int hidden, int in, int units, boolean forward)
    implements Operand {

  /** How many products there are to an element. */
  int depth() {
    return forward ? in : gates * units;
  }

  /** How many columns, in whole vectors. */
  int columns() {
    return forward ? gates * units : units;
  }

  /** The weights of some gates only. */
  GateWeights of(int gate, int count) {
    int at = offset + gate * hidden * in;
    return new GateWeights(data, at, count, hidden, in, units, forward);
  }

  @Override
  public void pack(int line, int count, int depth, int k, float[] panel, int to, int width) {
    if (forward) {
      packForward(line, count, depth, k, panel, to, width);
    } else {
      packBackward(line, count, depth, k, panel, to, width);
    }
  }

  private void packForward(
      int line, int count, int depth, int k, float[] panel, int to, int width) {
    int run;
    for (int i = 0; i < count; i += run) {
      int gate = (line + i) / units;
      int unit = (line + i) % units;
      boolean real = gate < gates && unit < hidden;
      run = Math.min(count - i, (real ? Math.min(hidden, units) : units) - unit);
      if (real) {
        int from = offset + (gate * hidden + unit) * in + depth;
        Matrix.transpose(data, from, in, run, k, panel, to + i, width);
      } else {
        for (int p = 0; p < k; p++) {
          Arrays.fill(panel, to + p * width + i, to + p * width + i + run, 0);
        }
      }
    }
  }

  private void packBackward(
      int line, int count, int depth, int k, float[] panel, int to, int width) {
    for (int p = 0; p < k; p++) {
      int gate = (depth + p) / units;
      int unit = (depth + p) % units;
      int run = unit < hidden ? Math.max(0, Math.min(count, hidden - line)) : 0;
      int at = to + p * width;
      if (run > 0) {
        System.arraycopy(data, offset + (gate * hidden + unit) * hidden + line, panel, at, run);
      }
      Arrays.fill(panel, at + run, at + count, 0);
    }
  }
}
