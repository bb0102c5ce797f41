package dev.kiln.cpu;

import dev.kiln.backend.Binary;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Cell;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.backend.Unary;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The forward pass of {@link CpuRecurrent}, for one block of sequences after the other. */
final class RecurrentForward {
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
  private final Rowed x;
  private final float @Nullable [] bias;
  private final int biasAt;
  private final @Nullable Rowed h0;
  private final @Nullable Rowed c0;
  private final Rowed y;
  private final Rowed hn;
  private final @Nullable Rowed cn;
  private final @Nullable Rowed keptGates;
  private final @Nullable Rowed previous;
  private final @Nullable Rowed cells;
  private final @Nullable Rowed keptProduct;

  RecurrentForward(
      Engine engine,
      RecurrentSpec spec,
      Sequences sequences,
      RecurrentProduct product,
      @Nullable RecurrentProduct candidate,
      Rowed x,
      @Nullable Buffer bias,
      @Nullable Rowed h0,
      @Nullable Rowed c0,
      Rowed y,
      Rowed hn,
      @Nullable Rowed cn,
      @Nullable RecurrentKept kept) {
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
    this.x = x;
    this.bias = CpuBuffer.floatsOrNull(bias);
    biasAt = CpuBuffer.offsetOrZero(bias);
    this.h0 = h0;
    this.c0 = c0;
    this.y = y;
    this.hn = hn;
    this.cn = cn;
    keptGates = kept == null ? null : Rowed.dense(kept.gates(), gateWidth);
    previous = kept == null ? null : Rowed.dense(kept.previous(), hidden);
    cells = kept == null ? null : Rowed.columns(kept.cells(), 0, hidden, hidden);
    keptProduct = kept == null ? null : Rowed.columns(kept.product(), 0, hidden, hidden);
  }

  /** Takes the sequences {@code from … to - 1}, in their order, through all steps. */
  void run(int from, int to) {
    int count = to - from;
    int c = count * hidden; // where the cell states lie, and with GRU r ∘ h'
    int gates = c + count * hidden;
    int spare = gates + count * gateWidth;
    float[] block = Scratch.ofThread().array(Scratch.Role.SEQUENCES, spare + hidden);
    begin(block, c, from, to);
    for (int step = 0; step < steps; step++) {
      int active = sequences.active(step, from, to);
      for (int i = 0; i < active; i++) {
        enter(block, i, c, gates, sequences.row(step, sequences.at(from + i)));
      }
      product.add(active, block, 0, hidden, block, gates, gateWidth);
      if (candidate != null) {
        for (int i = 0; i < active; i++) {
          reset(block, i * hidden, c + i * hidden, gates + i * gateWidth);
        }
        candidate.add(active, block, c, hidden, block, gates + 2 * hidden, gateWidth);
      }
      for (int i = 0; i < active; i++) {
        int row = sequences.row(step, sequences.at(from + i));
        advance(block, i * hidden, c + i * hidden, gates + i * gateWidth, spare, row);
      }
    }
    end(block, c, from, to);
  }

  /** Brings in the first states, and clears what lies past the lengths. */
  private void begin(float[] block, int c, int from, int to) {
    Arrays.fill(block, 0, 2 * (to - from) * hidden, 0);
    for (int i = 0; i < to - from; i++) {
      int sequence = sequences.at(from + i);
      if (h0 != null) {
        h0.read(sequence, block, i * hidden);
      }
      if (c0 != null) {
        c0.read(sequence, block, c + i * hidden);
      }
      for (int t = sequences.length(sequence); t < steps; t++) {
        int row = spec.row(t, sequence);
        y.clear(row);
        clear(keptGates, row);
        clear(previous, row);
        clear(cells, row);
        clear(keptProduct, row);
      }
    }
  }

  private static void clear(@Nullable Rowed rows, int row) {
    if (rows != null) {
      rows.clear(row);
    }
  }

  /** What a step starts from: the input products, and the states for the backward pass. */
  private void enter(float[] block, int i, int c, int gates, int row) {
    int at = gates + i * gateWidth;
    x.read(row, block, at);
    if (cell == Cell.GRU) {
      // here n gets its recurrent product alone; the input's comes in after the reset
      if (bias == null) {
        Arrays.fill(block, at + 2 * hidden, at + gateWidth, 0);
      } else {
        System.arraycopy(bias, biasAt + 2 * hidden, block, at + 2 * hidden, hidden);
      }
    }
    if (previous != null) {
      previous.write(row, block, i * hidden);
    }
    if (cells != null) {
      cells.write(row, block, c + i * hidden);
    }
  }

  /** Before the second product of a GRU that resets first: r, z and {@code r ∘ h'}. */
  private void reset(float[] block, int h, int q, int at) {
    addBias(block, at, gateWidth);
    loops.unary(Unary.SIGMOID, block, at, block, at, 2 * hidden);
    loops.binary(Binary.MUL, block, at, 1, block, h, 1, block, q, hidden);
  }

  /** From the products to the new states, which are the output. */
  private void advance(float[] block, int h, int c, int at, int spare, int row) {
    switch (cell) {
      case RNN_TANH, RNN_RELU -> {
        addBias(block, at, hidden);
        Unary f = cell == Cell.RNN_TANH ? Unary.TANH : Unary.RELU;
        loops.unary(f, block, at, block, at, hidden);
        System.arraycopy(block, at, block, h, hidden);
      }
      case LSTM -> {
        addBias(block, at, gateWidth);
        loops.unary(Unary.SIGMOID, block, at, block, at, 2 * hidden);
        loops.unary(Unary.TANH, block, at + 2 * hidden, block, at + 2 * hidden, hidden);
        loops.unary(Unary.SIGMOID, block, at + 3 * hidden, block, at + 3 * hidden, hidden);
        arithmetic.lstmCell(block, at, block, c, block, c, hidden);
        loops.unary(Unary.TANH, block, c, block, spare, hidden);
        loops.binary(Binary.MUL, block, at + 3 * hidden, 1, block, spare, 1, block, h, hidden);
      }
      case GRU -> {
        int n = at + 2 * hidden;
        addBias(block, at, 2 * hidden);
        loops.unary(Unary.SIGMOID, block, at, block, at, 2 * hidden);
        if (keptProduct != null) {
          keptProduct.write(row, block, n);
        }
        int xAt = x.at(row) + 2 * hidden;
        arithmetic.multiplyAdd(block, at, block, n, x.data(), xAt, block, n, hidden);
        loops.unary(Unary.TANH, block, n, block, n, hidden);
        arithmetic.gruState(block, at, block, h, hidden);
      }
      case GRU_RESET_FIRST -> {
        if (keptProduct != null) {
          keptProduct.write(row, block, c);
        }
        loops.unary(Unary.TANH, block, at + 2 * hidden, block, at + 2 * hidden, hidden);
        arithmetic.gruState(block, at, block, h, hidden);
      }
    }
    if (keptGates != null) {
      keptGates.write(row, block, at);
    }
    y.write(row, block, h);
  }

  private void addBias(float[] block, int at, int n) {
    if (bias != null) {
      loops.binary(Binary.ADD, block, at, 1, bias, biasAt, 1, block, at, n);
    }
  }

  private void end(float[] block, int c, int from, int to) {
    for (int i = 0; i < to - from; i++) {
      int sequence = sequences.at(from + i);
      hn.write(sequence, block, i * hidden);
      if (cn != null) {
        cn.write(sequence, block, c + i * hidden);
      }
    }
  }
}
