package dev.kiln.cpu;

import dev.kiln.backend.Binary;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Cell;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.cpu.RecurrentProduct.RowProduct;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A few whole sequences through a layer of few units, one after the other. The rows of the block
 * are the steps of a sequence, behind one for what it begins with: what steps take from the layer's
 * arrays and leave there, in runs of less than a vector, is copied for all of them at once. Else
 * each step would wait for the copies of the one before, for no processor forwards several narrow
 * stores to a wide load.
 */
final class NarrowSequences {
  private static final int FEW_SEQUENCES = 4;

  /** So many steps of a layer that is a vector wide stay in the nearest cache. */
  private static final int MOST_STEPS = 64;

  private static final Slots NONE = new Slots(new float[0], 0, 0, 0);

  private final Loops loops;
  private final Gates arithmetic;
  private final RecurrentSpec spec;
  private final Cell cell;
  private final int steps;
  private final int hidden;
  private final int units;

  /** A plain cell's weights: a row for each state that is multiplied. */
  private final Slots panel;

  private final @Nullable RecurrentProduct product;
  private final RecurrentBlock b;

  /** Whether this is the way for such a layer. */
  static boolean suits(Engine engine, RecurrentSpec spec, @Nullable Buffer lengths) {
    return lengths == null
        && spec.cell() != Cell.GRU_RESET_FIRST
        && spec.batch() < FEW_SEQUENCES
        && spec.steps() <= MOST_STEPS
        && spec.hidden() <= engine.gates().lanes();
  }

  NarrowSequences(Engine engine, RecurrentSpec spec, Buffer w, boolean forward) {
    loops = engine.loops();
    arithmetic = engine.gates();
    this.spec = spec;
    cell = spec.cell();
    steps = spec.steps();
    hidden = spec.hidden();
    units = RecurrentBlock.units(engine, hidden);
    GateWeights all =
        new GateWeights(
            CpuBuffer.floats(w), CpuBuffer.offset(w), cell.gates(), hidden, hidden, units, forward);
    Scratch scratch = Scratch.ofThread();
    product = cell.gates() == 1 ? null : RowProduct.of(arithmetic, all, Scratch.Role.RIGHT);
    panel = cell.gates() == 1 ? panel(all, scratch) : NONE;
    // spare: the bias, or what the forward pass kept of a step and the output's gradient
    int spare = forward ? cell.gates() * units : steps * (cell.gates() + 3) * units;
    b = RecurrentBlock.ofSteps(scratch, cell, units, steps + 1, spare);
  }

  private Slots panel(GateWeights all, Scratch scratch) {
    Slots from = new Slots(all.data(), all.offset(), hidden, hidden);
    if (!all.forward() && from.at(hidden - 1, 0) + units <= all.data().length) {
      return from; // where they lie: what is behind a row is multiplied for nothing
    }
    Slots rows = new Slots(scratch.array(Scratch.Role.RIGHT, hidden * units), 0, units, units);
    if (all.forward()) {
      Matrix.transpose(from.data(), from.offset(), hidden, hidden, hidden, rows.data(), 0, units);
    } else {
      arithmetic.widen(from, rows, hidden, 1, hidden, units);
    }
    return rows;
  }

  // ------------------------------------------------------------------ between arrays and block

  /** The rows of a sequence, in the order of its steps. */
  private Slots rows(Buffer buffer, int width, int column, int sequence) {
    int first = column + spec.row(spec.reverse() ? steps - 1 : 0, sequence) * width;
    int step = (spec.reverse() ? -width : width) * spec.stepRows();
    return new Slots(CpuBuffer.floats(buffer), CpuBuffer.offset(buffer) + first, step, hidden);
  }

  private Slots states(Buffer buffer, int sequence) {
    int at = CpuBuffer.offset(buffer) + spec.stateAt() + sequence * hidden;
    return new Slots(CpuBuffer.floats(buffer), at, 0, hidden);
  }

  private Slots block(int at, int stride) {
    return new Slots(b.data, at, stride, units);
  }

  private void readState(@Nullable Buffer state, int at, int sequence) {
    if (state == null) {
      Arrays.fill(b.data, at, at + units, 0);
    } else {
      arithmetic.widen(states(state, sequence), block(at, 0), 1, 1, hidden, units);
    }
  }

  private void writeState(@Nullable Buffer state, int at, int sequence) {
    if (state != null) {
      // states of other layers and directions lie behind this one's: exactly so many
      arithmetic.narrow(block(at, 0), states(state, sequence), 1, 1, hidden, 0);
    }
  }

  /** Slots of all steps, from the block. */
  private void write(
      int at, int stride, Buffer buffer, int width, int column, int slots, int sequence) {
    Slots to = rows(buffer, width, column, sequence);
    // what is kept may lie where the next sequence's input does
    int end =
        sequence == spec.batch() - 1
            ? CpuBuffer.end(buffer)
            : CpuBuffer.offset(buffer) + spec.row(0, sequence + 1) * width;
    arithmetic.narrow(block(at, stride), to, steps, slots, hidden, end);
  }

  private void write(int at, int stride, Buffer buffer, int slots, int sequence) {
    write(at, stride, buffer, slots * hidden, 0, slots, sequence);
  }

  /** Slots of all steps, to the block. */
  private void read(
      Buffer buffer, int width, int column, int slots, int at, int stride, int sequence) {
    Slots from = rows(buffer, width, column, sequence);
    arithmetic.widen(from, block(at, stride), steps, slots, hidden, units);
  }

  // ------------------------------------------------------------------ forward

  void forward(
      Buffer x,
      @Nullable Buffer bias,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable RecurrentKept kept) {
    if (bias != null) {
      Slots of = new Slots(CpuBuffer.floats(bias), CpuBuffer.offset(bias), 0, hidden);
      arithmetic.widen(of, block(b.spare, 0), 1, cell.gates(), hidden, units);
    } else {
      Arrays.fill(b.data, b.spare, b.spare + cell.gates() * units, 0);
    }
    for (int sequence = 0; sequence < spec.batch(); sequence++) {
      enter(x, bias != null, sequence);
      readState(h0, b.h(0), sequence);
      if (cell.hasCellState()) {
        readState(c0, b.c(0), sequence);
      }
      if (product == null) {
        arithmetic.plainSteps(cell, b, steps, b.spare, panel, hidden);
      } else {
        for (int row = 1; row <= steps; row++) {
          advance(product, row);
        }
      }
      write(b.h(1), b.stateStride, y, spec.width(), spec.column(), 1, sequence);
      writeState(hn, b.h(steps), sequence);
      writeState(cn, b.c(steps), sequence);
      if (kept != null) {
        keep(kept, sequence);
      }
    }
  }

  /** Input products and bias of all steps. */
  private void enter(Buffer x, boolean biased, int sequence) {
    int width = spec.gateWidth();
    // a GRU's n begins with its bias alone; the input's product comes in after the reset
    int summed = cell == Cell.GRU ? 2 : cell.gates();
    read(x, width, 0, summed, b.gates(1), b.gateStride, sequence);
    if (cell == Cell.GRU) {
      read(x, width, 2 * hidden, 1, b.gates(1) + 3 * units, b.gateStride, sequence);
    }
    if (product == null) {
      return; // the steps add the bias
    }
    for (int row = 1; row <= steps; row++) {
      int at = b.gates(row);
      if (biased) {
        loops.binary(Binary.ADD, b.data, at, 1, b.data, b.spare, 1, b.data, at, summed * units);
      }
      if (cell == Cell.GRU) {
        arithmetic.copy(b.data, b.spare + 2 * units, b.data, at + 2 * units, units);
      }
    }
  }

  /** From the states of the row before to a row's. */
  private void advance(RecurrentProduct product, int row) {
    int gates = b.gates(row);
    product.add(1, b.data, b.h(row - 1), 0, b.data, gates, 0);
    switch (cell) {
      case LSTM -> {
        arithmetic.copy(b.data, b.c(row - 1), b.data, b.c(row), units);
        arithmetic.sigmoid(b, 0, 2, row, row + 1);
        arithmetic.tanh(b, 2, row, row + 1);
        arithmetic.sigmoid(b, 3, 1, row, row + 1);
        arithmetic.lstmState(b, row, row + 1);
      }
      case GRU -> {
        arithmetic.copy(b.data, b.h(row - 1), b.data, b.h(row), units);
        arithmetic.copy(b.data, gates + 2 * units, b.data, b.c(row), units);
        arithmetic.sigmoid(b, 0, 2, row, row + 1);
        arithmetic.gruState(b, row, row + 1);
      }
      default ->
          throw new IllegalArgumentException(cell + " is no cell of several gates, in one product");
    }
  }

  private void keep(RecurrentKept kept, int sequence) {
    int stride = b.stateStride;
    write(b.h(0), stride, kept.previous(), 1, sequence);
    if (cell.gates() == 1) {
      write(b.h(1), stride, kept.gates(), 1, sequence); // the only gate is the state itself
    } else {
      write(b.gates(1), b.gateStride, kept.gates(), cell.gates(), sequence);
    }
    if (kept.cells() != null) {
      write(b.c(0), stride, kept.cells(), 1, sequence);
    }
    if (kept.product() != null) {
      write(b.c(1), stride, kept.product(), 1, sequence);
    }
  }

  // ------------------------------------------------------------------ backward

  void backward(
      RecurrentKept kept,
      @Nullable Buffer dy,
      @Nullable Buffer dhn,
      @Nullable Buffer dcn,
      Buffer dx,
      @Nullable Buffer dproduct,
      @Nullable Buffer dh0,
      @Nullable Buffer dc0) {
    int gates = cell.gates();
    int upstream = b.spare + gates * units;
    int first = upstream + units;
    int second = first + units;
    int stride = (gates + 3) * units;
    for (int sequence = 0; sequence < spec.batch(); sequence++) {
      read(kept.gates(), spec.gateWidth(), 0, gates, b.spare, stride, sequence);
      if (dy != null) {
        read(dy, spec.width(), spec.column(), 1, upstream, stride, sequence);
      } else {
        for (int step = 0; step < steps; step++) {
          Arrays.fill(b.data, upstream + step * stride, upstream + step * stride + units, 0);
        }
      }
      if (cell == Cell.LSTM) {
        read(Objects.requireNonNull(kept.cells()), hidden, 0, 1, first, stride, sequence);
        readState(dcn, b.c(steps), sequence);
      } else if (cell == Cell.GRU) {
        read(kept.previous(), hidden, 0, 1, first, stride, sequence);
        read(Objects.requireNonNull(kept.product()), hidden, 0, 1, second, stride, sequence);
      }
      readState(dhn, b.h(steps), sequence);
      if (product == null) {
        Slots slots = new Slots(b.data, b.spare, stride, units);
        arithmetic.plainGradientSteps(cell, b, steps, slots, panel, hidden);
      } else {
        for (int row = steps; row > 0; row--) {
          int at = (row - 1) * stride;
          int h = b.h(row);
          loops.binary(Binary.ADD, b.data, h, 1, b.data, upstream + at, 1, b.data, h, units);
          retreat(product, row, b.spare + at, first + at, second + at);
        }
      }
      writeGradients(dx, dproduct, sequence);
      writeState(dh0, b.h(0), sequence);
      writeState(dc0, b.c(0), sequence);
    }
  }

  /** From the gradients of a row's states to those of its gates, and of the states before it. */
  private void retreat(RecurrentProduct product, int row, int gates, int first, int second) {
    Strided kept = new Strided(b.data, gates, 0);
    switch (cell) {
      case LSTM -> {
        arithmetic.lstmGradient(b, kept, new Strided(b.data, first, 0), row, row + 1);
        arithmetic.copy(b.data, b.c(row), b.data, b.c(row - 1), units);
      }
      case GRU -> {
        Strided h = new Strided(b.data, first, 0);
        arithmetic.gruGradient(b, kept, h, new Strided(b.data, second, 0), row, row + 1);
      }
      default ->
          throw new IllegalArgumentException(cell + " is no cell of several gates, in one product");
    }
    // what is left of it is the part that went round the gates
    arithmetic.copy(b.data, b.h(row), b.data, b.h(row - 1), units);
    product.add(1, b.data, b.gates(row), 0, b.data, b.h(row - 1), 0);
  }

  /** In the slots of a GRU are r, z, n's recurrent product, and n. */
  private void writeGradients(Buffer dx, @Nullable Buffer dproduct, int sequence) {
    int from = b.gates(1);
    if (cell != Cell.GRU) {
      write(from, b.gateStride, dx, cell.gates(), sequence);
      return;
    }
    write(from, b.gateStride, Objects.requireNonNull(dproduct), 3, sequence);
    write(from, b.gateStride, dx, 3 * hidden, 0, 2, sequence);
    write(from + 3 * units, b.gateStride, dx, 3 * hidden, 2 * hidden, 1, sequence);
  }
}
