package dev.kiln.cpu;

import dev.kiln.backend.Binary;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Cell;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The forward pass of {@link CpuRecurrent}, for one block of sequences after the other. */
final class RecurrentForward {
  private final Engine engine;
  private final Loops loops;
  private final Gates arithmetic;
  private final Cell cell;
  private final int steps;
  private final Units own;
  private final int hidden;
  private final int units;
  private final int slots;
  private final RecurrentSpec spec;
  private final Sequences sequences;
  private final RecurrentProduct product;
  private final @Nullable RecurrentProduct candidate;
  private final @Nullable Rowed x;
  private final @Nullable StepInput input;
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
      Units own,
      Sequences sequences,
      RecurrentProduct product,
      @Nullable RecurrentProduct candidate,
      @Nullable Rowed x,
      @Nullable StepInput input,
      @Nullable Buffer bias,
      @Nullable Rowed h0,
      @Nullable Rowed c0,
      Rowed y,
      Rowed hn,
      @Nullable Rowed cn,
      @Nullable RecurrentKept kept) {
    this.engine = engine;
    loops = engine.loops();
    arithmetic = engine.gates();
    cell = spec.cell();
    steps = spec.steps();
    this.own = own;
    hidden = own.count();
    units = RecurrentBlock.units(engine, hidden);
    slots = RecurrentBlock.slots(cell);
    this.spec = spec;
    this.sequences = sequences;
    this.product = product;
    this.candidate = candidate;
    this.x = x;
    this.input = input;
    this.bias = CpuBuffer.floatsOrNull(bias);
    biasAt = CpuBuffer.offsetOrZero(bias);
    this.h0 = h0;
    this.c0 = c0;
    this.y = y;
    this.hn = hn;
    this.cn = cn;
    int gateWidth = spec.gateWidth();
    int run = own.areAll() ? gateWidth : hidden;
    keptGates = kept == null ? null : Rowed.columns(kept.gates(), own.first(), gateWidth, run);
    previous = kept == null ? null : ofOwn(kept.previous());
    cells = kept == null ? null : ofOwn(kept.cells());
    keptProduct = kept == null ? null : ofOwn(kept.product());
  }

  private @Nullable Rowed ofOwn(@Nullable Buffer buffer) {
    return Rowed.columns(buffer, own.first(), own.all(), hidden);
  }

  /** Takes the sequences {@code from … to - 1}, in their order, through all steps. */
  void run(int from, int to) {
    int count = to - from;
    Tiles tiles = engine.product().tiles();
    int spare = input == null ? slots * units : input.spare(tiles, count);
    RecurrentBlock b = RecurrentBlock.of(engine, cell, hidden, count, spare);
    begin(b, from, to);
    int atOnce = b.atOnce();
    for (int step = 0; step < steps; step++) {
      int active = sequences.active(step, from, to);
      for (int i = 0; i < active; i++) {
        enter(b, i, sequences.row(step, sequences.at(from + i)));
      }
      if (input != null && sequences.areWhole()) {
        input.multiply(b, input.lying(sequences.row(step, from), active));
      } else if (input != null) {
        input.multiply(b, input.entered(b, tiles, active));
      }
      product.add(active, b.data, 0, b.stateStride, b.data, b.gates, b.gateStride);
      if (candidate != null) {
        for (int i = 0; i < active; i += atOnce) {
          int end = Math.min(active, i + atOnce);
          arithmetic.sigmoid(b, 0, 2, i, end);
          arithmetic.resetState(b, i, end);
        }
        int n = b.gates + 2 * units;
        candidate.add(active, b.data, b.c, b.stateStride, b.data, n, b.gateStride);
      }
      for (int i = 0; i < active; i += atOnce) {
        advance(b, from, step, i, Math.min(active, i + atOnce));
      }
    }
    end(b, from, to);
  }

  /** For {@link #step}, of a batch of one sequence. */
  RecurrentBlock begin() {
    RecurrentBlock b = RecurrentBlock.shared(engine, cell, hidden, slots * units);
    begin(b, 0, 1);
    return b;
  }

  /**
   * One step of a batch of one sequence, not of a GRU that resets first.
   *
   * @param states the hidden states of all units before it
   * @param statesAt where they begin
   */
  void step(RecurrentBlock b, int step, float[] states, int statesAt) {
    enter(b, 0, sequences.row(step, 0));
    product.add(1, states, statesAt, 0, b.data, b.gates, b.gateStride);
    advance(b, 0, step, 0, 1);
    if (step == steps - 1) {
      end(b, 0, 1);
    }
  }

  /** Brings in the bias and the first states, and clears what lies past the lengths. */
  private void begin(RecurrentBlock b, int from, int to) {
    if (input != null) {
      input.begin(b, bias, biasAt);
    } else if (bias != null) {
      for (int gate = 0; gate < cell.gates(); gate++) {
        int start = biasAt + gate * own.all() + own.first();
        System.arraycopy(bias, start, b.data, b.spare + gate * units, hidden);
      }
    }
    for (int i = 0; i < to - from; i++) {
      int sequence = sequences.at(from + i);
      if (h0 != null) {
        h0.read(arithmetic, sequence, b.data, b.h(i));
      }
      if (c0 != null) {
        c0.read(arithmetic, sequence, b.data, b.c(i));
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

  /** What a step starts from, and the states for the backward pass. */
  private void enter(RecurrentBlock b, int i, int row) {
    if (x != null) {
      enter(x, b, i, row);
    } else if (input != null && !sequences.areWhole()) {
      input.enter(b, engine.product().tiles(), i, row);
    }
    if (previous != null) {
      previous.write(arithmetic, row, b.data, b.h(i));
    }
    if (cells != null) {
      cells.write(arithmetic, row, b.data, b.c(i));
    }
  }

  /** Input products and bias. */
  private void enter(Rowed x, RecurrentBlock b, int i, int row) {
    float[] block = b.data;
    int at = b.gates(i);
    int from = x.at(row) + own.first();
    // a GRU's n begins with its bias alone; the input's product comes in after the reset
    int summed = cell == Cell.GRU ? 2 : cell.gates();
    if (own.areAll() && hidden == units && bias != null) {
      loops.binary(Binary.ADD, x.data(), from, 1, block, b.spare, 1, block, at, summed * units);
    } else {
      for (int gate = 0; gate < summed; gate++) {
        int to = at + gate * units;
        arithmetic.copy(x.data(), from + gate * own.all(), block, to, hidden);
        Arrays.fill(block, to + hidden, to + units, 0);
      }
      if (bias != null) {
        loops.binary(Binary.ADD, block, at, 1, block, b.spare, 1, block, at, summed * units);
      }
    }
    if (cell == Cell.GRU) {
      System.arraycopy(block, b.spare + 2 * units, block, at + 2 * units, units);
      arithmetic.copy(x.data(), from + 2 * own.all(), block, at + 3 * units, hidden);
    }
  }

  /** From the products to the new states, which are the output. */
  private void advance(RecurrentBlock b, int first, int step, int from, int to) {
    switch (cell) {
      case RNN_TANH -> arithmetic.tanhState(b, from, to);
      case RNN_RELU -> arithmetic.reluState(b, from, to);
      case LSTM -> {
        arithmetic.sigmoid(b, 0, 2, from, to);
        arithmetic.tanh(b, 2, from, to);
        arithmetic.sigmoid(b, 3, 1, from, to);
        arithmetic.lstmState(b, from, to);
      }
      case GRU -> {
        arithmetic.sigmoid(b, 0, 2, from, to);
        keepProducts(b, first, step, from, to);
        arithmetic.gruState(b, from, to);
      }
      case GRU_RESET_FIRST -> {
        keepProducts(b, first, step, from, to);
        arithmetic.resetFirstState(b, from, to);
      }
    }
    for (int i = from; i < to; i++) {
      int row = sequences.row(step, sequences.at(first + i));
      y.write(arithmetic, row, b.data, b.h(i));
      if (keptGates != null) {
        keep(keptGates, row, b, i);
      }
    }
  }

  private void keepProducts(RecurrentBlock b, int first, int step, int from, int to) {
    if (keptProduct != null) {
      for (int i = from; i < to; i++) {
        int row = sequences.row(step, sequences.at(first + i));
        keptProduct.write(
            arithmetic, row, b.data, cell == Cell.GRU ? b.gates(i) + 2 * units : b.c(i));
      }
    }
  }

  private void keep(Rowed kept, int row, RecurrentBlock b, int i) {
    if (cell.gates() == 1) {
      kept.write(arithmetic, row, b.data, b.h(i)); // the only gate is the state itself
    } else if (own.areAll() && hidden == units) {
      kept.write(arithmetic, row, b.data, b.gates(i));
    } else {
      for (int gate = 0; gate < cell.gates(); gate++) {
        int to = kept.at(row) + gate * own.all();
        arithmetic.copy(b.data, b.gates(i) + gate * units, kept.data(), to, hidden);
      }
    }
  }

  private void end(RecurrentBlock b, int from, int to) {
    for (int i = 0; i < to - from; i++) {
      int sequence = sequences.at(from + i);
      hn.write(arithmetic, sequence, b.data, b.h(i));
      if (cn != null) {
        cn.write(arithmetic, sequence, b.data, b.c(i));
      }
    }
  }
}
