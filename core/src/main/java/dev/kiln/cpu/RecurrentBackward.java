package dev.kiln.cpu;

import dev.kiln.backend.Binary;
import dev.kiln.backend.Cell;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.backend.Unary;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The backward pass of {@link CpuRecurrent}, for one block of sequences after the other. */
final class RecurrentBackward {
  private final Loops loops;
  private final Gates arithmetic;
  private final Cell cell;
  private final int steps;
  private final int hidden;
  private final int gateWidth;
  private final RecurrentSpec spec;
  private final Sequences sequences;
  private final RecurrentProduct product;
  private final @Nullable RecurrentProduct candidate;
  private final Rowed gates;
  private final Rowed previous;
  private final @Nullable Rowed cells;
  private final @Nullable Rowed keptProduct;
  private final @Nullable Rowed dy;
  private final @Nullable Rowed dhn;
  private final @Nullable Rowed dcn;
  private final Rowed dx;
  private final @Nullable Rowed dproduct;
  private final @Nullable Rowed dh0;
  private final @Nullable Rowed dc0;

  RecurrentBackward(
      Engine engine,
      RecurrentSpec spec,
      Sequences sequences,
      RecurrentProduct product,
      @Nullable RecurrentProduct candidate,
      RecurrentKept kept,
      @Nullable Rowed dy,
      @Nullable Rowed dhn,
      @Nullable Rowed dcn,
      Rowed dx,
      @Nullable Rowed dproduct,
      @Nullable Rowed dh0,
      @Nullable Rowed dc0) {
    loops = engine.loops();
    arithmetic = engine.gates();
    cell = spec.cell();
    steps = spec.steps();
    hidden = spec.hidden();
    gateWidth = spec.gateWidth();
    this.spec = spec;
    this.sequences = sequences;
    this.product = product;
    this.candidate = candidate;
    gates = Rowed.dense(kept.gates(), gateWidth);
    previous = Rowed.dense(kept.previous(), hidden);
    cells = Rowed.columns(kept.cells(), 0, hidden, hidden);
    keptProduct = Rowed.columns(kept.product(), 0, hidden, hidden);
    this.dy = dy;
    this.dhn = dhn;
    this.dcn = dcn;
    this.dx = dx;
    this.dproduct = dproduct;
    this.dh0 = dh0;
    this.dc0 = dc0;
  }

  /** Takes the sequences {@code from … to - 1}, in their order, back through all steps. */
  void run(int from, int to) {
    int count = to - from;
    int c = count * hidden; // the cell states' gradients, or those of r ∘ h'
    int dgates = c + count * hidden;
    int spare = dgates + count * gateWidth;
    float[] block = Scratch.ofThread().array(Scratch.Role.SEQUENCES, spare + hidden);
    begin(block, c, from, to);
    for (int step = steps - 1; step >= 0; step--) {
      int active = sequences.active(step, from, to);
      for (int i = 0; i < active; i++) {
        int row = sequences.row(step, sequences.at(from + i));
        retreat(block, i * hidden, c + i * hidden, dgates + i * gateWidth, spare, row);
      }
      if (candidate == null) {
        product.add(active, block, dgates, gateWidth, block, 0, hidden);
        continue;
      }
      Arrays.fill(block, c, c + active * hidden, 0);
      candidate.add(active, block, dgates + 2 * hidden, gateWidth, block, c, hidden);
      for (int i = 0; i < active; i++) {
        int row = sequences.row(step, sequences.at(from + i));
        reset(block, i * hidden, c + i * hidden, dgates + i * gateWidth, row);
      }
      product.add(active, block, dgates, gateWidth, block, 0, hidden);
    }
    end(block, c, from, to);
  }

  /** Brings in the last states' gradients, and clears what lies past the lengths. */
  private void begin(float[] block, int c, int from, int to) {
    Arrays.fill(block, 0, 2 * (to - from) * hidden, 0);
    for (int i = 0; i < to - from; i++) {
      int sequence = sequences.at(from + i);
      if (dhn != null) {
        dhn.read(sequence, block, i * hidden);
      }
      if (dcn != null) {
        dcn.read(sequence, block, c + i * hidden);
      }
      for (int t = sequences.length(sequence); t < steps; t++) {
        int row = spec.row(t, sequence);
        dx.clear(row);
        if (dproduct != null) {
          dproduct.clear(row);
        }
      }
    }
  }

  /**
   * From the gradients of a step's states to those of its gates. What is left of {@code dh} is the
   * part that went round the gates; the product adds the rest.
   */
  private void retreat(float[] block, int dh, int dc, int at, int spare, int row) {
    if (dy != null) {
      loops.accumulate(1, dy.data(), dy.at(row), block, dh, hidden);
    }
    float[] kept = gates.data();
    int keptAt = gates.at(row);
    switch (cell) {
      case RNN_TANH, RNN_RELU -> {
        Unary f = cell == Cell.RNN_TANH ? Unary.TANH : Unary.RELU;
        loops.unaryGradient(f, kept, keptAt, block, dh, block, at, hidden);
        Arrays.fill(block, dh, dh + hidden, 0);
        dx.write(row, block, at);
      }
      case LSTM -> {
        Rowed before = Objects.requireNonNull(cells);
        float[] c = before.data();
        int cAt = before.at(row);
        arithmetic.lstmCell(kept, keptAt, c, cAt, block, spare, hidden);
        loops.unary(Unary.TANH, block, spare, block, spare, hidden);
        arithmetic.lstmGradient(
            kept, keptAt, c, cAt, block, spare, block, dh, block, dc, block, at, hidden);
        Arrays.fill(block, dh, dh + hidden, 0);
        dx.write(row, block, at);
      }
      case GRU -> {
        Rowed u = Objects.requireNonNull(keptProduct);
        int n = at + 2 * hidden;
        arithmetic.gruGradient(
            kept, keptAt, previous.data(), previous.at(row), block, dh, block, at, hidden);
        arithmetic.resetGradient(kept, keptAt, u.data(), u.at(row), block, n, block, at, hidden);
        dx.write(row, block, at);
        // the recurrent product of n saw its gradient through the reset gate
        loops.binary(Binary.MUL, block, n, 1, kept, keptAt, 1, block, n, hidden);
        Objects.requireNonNull(dproduct).write(row, block, at);
      }
      case GRU_RESET_FIRST ->
          arithmetic.gruGradient(
              kept, keptAt, previous.data(), previous.at(row), block, dh, block, at, hidden);
    }
  }

  /** Behind the first product of a GRU that resets first, which gave the gradient of r ∘ h'. */
  private void reset(float[] block, int dh, int dq, int at, int row) {
    float[] kept = gates.data();
    int keptAt = gates.at(row);
    arithmetic.resetGradient(
        kept, keptAt, previous.data(), previous.at(row), block, dq, block, at, hidden);
    arithmetic.multiplyAdd(kept, keptAt, block, dq, block, dh, block, dh, hidden);
    dx.write(row, block, at);
  }

  private void end(float[] block, int c, int from, int to) {
    for (int i = 0; i < to - from; i++) {
      int sequence = sequences.at(from + i);
      if (dh0 != null) {
        dh0.write(sequence, block, i * hidden);
      }
      if (dc0 != null) {
        dc0.write(sequence, block, c + i * hidden);
      }
    }
  }
}
