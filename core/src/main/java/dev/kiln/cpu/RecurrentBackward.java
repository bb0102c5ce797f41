package dev.kiln.cpu;

import dev.kiln.backend.Cell;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The backward pass of {@link CpuRecurrent}, for one block of sequences after the other. */
final class RecurrentBackward {
  private final Engine engine;
  private final Gates arithmetic;
  private final Cell cell;
  private final int steps;
  private final Units own;
  private final int hidden;
  private final int units;
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
      Units own,
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
    this.engine = engine;
    arithmetic = engine.gates();
    cell = spec.cell();
    steps = spec.steps();
    this.own = own;
    hidden = own.count();
    units = RecurrentBlock.units(engine, hidden);
    this.spec = spec;
    this.sequences = sequences;
    this.product = product;
    this.candidate = candidate;
    int first = own.first();
    gates =
        new Rowed(
            CpuBuffer.floats(kept.gates()),
            CpuBuffer.offset(kept.gates()) + first,
            spec.gateWidth(),
            hidden);
    previous =
        new Rowed(
            CpuBuffer.floats(kept.previous()),
            CpuBuffer.offset(kept.previous()) + first,
            own.all(),
            hidden);
    cells = Rowed.columns(kept.cells(), first, own.all(), hidden);
    keptProduct = Rowed.columns(kept.product(), first, own.all(), hidden);
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
    int keptWidth = (cell.gates() + 2) * units;
    RecurrentBlock b =
        RecurrentBlock.of(engine, cell, hidden, count, Math.min(count, 64) * keptWidth);
    begin(b, from, to);
    int atOnce = Math.min(64, b.atOnce());
    for (int step = steps - 1; step >= 0; step--) {
      int active = sequences.active(step, from, to);
      for (int i = 0; i < active; i += atOnce) {
        retreat(b, from, step, i, Math.min(active, i + atOnce));
      }
      if (candidate != null) {
        // c is the gradient of r ∘ h'
        Arrays.fill(b.data, b.c, b.c + active * b.stateStride, 0);
        int n = b.gates + 2 * units;
        candidate.add(active, b.data, n, b.gateStride, b.data, b.c, b.stateStride);
        for (int i = 0; i < active; i += atOnce) {
          reset(b, from, step, i, Math.min(active, i + atOnce));
        }
      }
      product.add(active, b.data, b.gates, b.gateStride, b.data, 0, b.stateStride);
    }
    end(b, from, to);
  }

  /** For {@link #step}, of a batch of one sequence. */
  RecurrentBlock begin() {
    RecurrentBlock b = RecurrentBlock.shared(engine, cell, hidden, (cell.gates() + 2) * units);
    begin(b, 0, 1);
    return b;
  }

  /**
   * A step back of a batch of one sequence, not of a GRU that resets first. It begins with the
   * gradients of all gates of the step after, and there is one more that ends with them.
   *
   * @param step from the number of steps down to 0: this one's gates are one less
   */
  void step(RecurrentBlock b, int step) {
    if (step < steps) {
      Rowed after = cell == Cell.GRU ? Objects.requireNonNull(dproduct) : dx;
      int at = after.at(row(step, 0)) - own.first();
      product.add(1, after.data(), at, 0, b.data, 0, b.stateStride);
    }
    if (step > 0) {
      retreat(b, 0, step - 1, 0, 1);
    } else {
      end(b, 0, 1);
    }
  }

  /** Brings in the last states' gradients, and clears what lies past the lengths. */
  private void begin(RecurrentBlock b, int from, int to) {
    for (int i = 0; i < to - from; i++) {
      int sequence = sequences.at(from + i);
      if (dhn != null) {
        dhn.read(arithmetic, sequence, b.data, b.h(i));
      }
      if (dcn != null) {
        dcn.read(arithmetic, sequence, b.data, b.c(i));
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
  private void retreat(RecurrentBlock b, int first, int step, int from, int to) {
    if (dy != null) {
      for (int i = from; i < to; i++) {
        int row = row(step, first + i);
        arithmetic.add(dy.data(), dy.at(row), b.data, b.h(i), hidden);
      }
    }
    Strided kept = kept(gates, cell.gates(), 0, b, first, step, from, to);
    int states = cell.gates() * units;
    switch (cell) {
      case RNN_TANH -> arithmetic.tanhGradient(b, kept, from, to);
      case RNN_RELU -> arithmetic.reluGradient(b, kept, from, to);
      case LSTM -> {
        Rowed before = Objects.requireNonNull(cells);
        Strided c = kept(before, 1, states, b, first, step, from, to);
        arithmetic.lstmGradient(b, kept, c, from, to);
      }
      case GRU -> {
        Strided h = kept(previous, 1, states, b, first, step, from, to);
        Rowed products = Objects.requireNonNull(keptProduct);
        Strided u = kept(products, 1, states + units, b, first, step, from, to);
        arithmetic.gruGradient(b, kept, h, u, from, to);
      }
      case GRU_RESET_FIRST -> {
        Strided h = kept(previous, 1, states, b, first, step, from, to);
        arithmetic.resetFirstGradient(b, kept, h, from, to);
        return; // r is not known yet
      }
    }
    for (int i = from; i < to; i++) {
      write(b, i, row(step, first + i));
    }
  }

  /** Behind the first product of a GRU that resets first, which gave the gradient of r ∘ h'. */
  private void reset(RecurrentBlock b, int first, int step, int from, int to) {
    Strided kept = kept(gates, cell.gates(), 0, b, first, step, from, to);
    Strided h = kept(previous, 1, cell.gates() * units, b, first, step, from, to);
    arithmetic.resetGradient(b, kept, h, from, to);
    for (int i = from; i < to; i++) {
      write(b, i, row(step, first + i));
    }
  }

  private int row(int step, int i) {
    return sequences.row(step, sequences.at(i));
  }

  /** What the forward pass kept of some rows: where it lies, or spread to whole vectors. */
  private Strided kept(
      Rowed rows, int runs, int skip, RecurrentBlock b, int first, int step, int from, int to) {
    if (own.areAll() && hidden == units && sequences.areWhole()) {
      return new Strided(
          rows.data(), rows.at(row(step, first + from)), spec.batchRows() * rows.width());
    }
    int stride = (cell.gates() + 2) * units;
    for (int i = from; i < to; i++) {
      int source = rows.at(row(step, first + i));
      int at = b.spare + (i - from) * stride + skip;
      for (int run = 0; run < runs; run++) {
        arithmetic.copy(rows.data(), source + run * own.all(), b.data, at + run * units, hidden);
      }
    }
    return new Strided(b.data, b.spare + skip, stride);
  }

  /** Hands out a row's gradients: in the slots of a GRU are r, z, n's recurrent product, and n. */
  private void write(RecurrentBlock b, int i, int row) {
    int at = b.gates(i);
    if (cell != Cell.GRU) {
      write(dx, row, b, at, cell.gates());
      return;
    }
    Rowed products = Objects.requireNonNull(dproduct);
    write(products, row, b, at, 3);
    write(dx, row, b, at, 2);
    arithmetic.copy(b.data, at + 3 * units, dx.data(), dx.at(row) + 2 * own.all(), hidden);
  }

  private void write(Rowed rows, int row, RecurrentBlock b, int at, int count) {
    if (own.areAll() && hidden == units) {
      arithmetic.copy(b.data, at, rows.data(), rows.at(row), count * hidden);
      return;
    }
    for (int gate = 0; gate < count; gate++) {
      int to = rows.at(row) + gate * own.all();
      arithmetic.copy(b.data, at + gate * units, rows.data(), to, hidden);
    }
  }

  private void end(RecurrentBlock b, int from, int to) {
    for (int i = 0; i < to - from; i++) {
      int sequence = sequences.at(from + i);
      if (dh0 != null) {
        dh0.write(arithmetic, sequence, b.data, b.h(i));
      }
      if (dc0 != null) {
        dc0.write(arithmetic, sequence, b.data, b.c(i));
      }
    }
  }
}
