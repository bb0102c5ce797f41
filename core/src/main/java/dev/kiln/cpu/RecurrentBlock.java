package dev.kiln.cpu;

import dev.kiln.backend.Cell;
import java.util.Arrays;

/**
 * A step of the sequences that are computed together: their states and gates, as a rule in the
 * thread's scratch.
 *
 * <pre>
 *   h, c    [rows][stateStride]   c is r ∘ h' with a GRU that resets first
 *   gates   [rows][gateStride]    slot after slot, each of as many units; a GRU's fourth is x_n
 *   spare                         for the pass itself
 * </pre>
 *
 * <p>The layer's hidden units are followed by zeros up to a whole number of vectors, in the states
 * and in every slot, so that no loop over units has a rest. Rows are a tile further apart than they
 * are long: tiles may write so far beyond a slot, and no power of two, which would have rows share
 * few lines of the cache.
 */
final class RecurrentBlock {
  final float[] data;
  final int units;
  final int stateStride;
  final int gateStride;
  final int c;
  final int gates;
  final int spare;

  private RecurrentBlock(
      Engine engine, Cell cell, int hidden, int count, int spareSize, boolean shared) {
    Tiles tiles = engine.product().tiles();
    int columns = tiles.columns();
    units = units(engine, hidden);
    stateStride = up(units, columns) + columns;
    gateStride = up(slots(cell) * units, columns) + columns;
    int rows = rows(tiles, count);
    c = rows * stateStride;
    gates = 2 * c;
    spare = gates + rows * gateStride;
    int size = Math.addExact(spare, spareSize);
    if (shared) {
      data = new float[size];
    } else {
      data = Scratch.ofThread().array(Scratch.Role.SEQUENCES, size);
      Arrays.fill(data, 0, size, 0);
    }
  }

  /**
   * All zeros.
   *
   * @param spare how many elements the pass wants for itself
   */
  static RecurrentBlock of(Engine engine, Cell cell, int hidden, int count, int spare) {
    return new RecurrentBlock(engine, cell, hidden, count, spare, false);
  }

  /** One sequence, in an array of its own: for several threads, one after the other. */
  static RecurrentBlock shared(Engine engine, Cell cell, int hidden, int spare) {
    return new RecurrentBlock(engine, cell, hidden, 1, spare, true);
  }

  /** The steps of one sequence, as close as they can be; anything may be in there. */
  static RecurrentBlock ofSteps(Scratch scratch, Cell cell, int units, int rows, int spare) {
    return new RecurrentBlock(scratch, units, slots(cell), rows, spare);
  }

  private RecurrentBlock(Scratch scratch, int units, int slots, int rows, int spareSize) {
    this.units = units;
    stateStride = units;
    gateStride = slots * units;
    c = rows * stateStride;
    gates = 2 * c;
    spare = gates + rows * gateStride;
    data = scratch.array(Scratch.Role.SEQUENCES, Math.addExact(spare, spareSize));
  }

  /** How many units states and slots have room for. */
  static int units(Engine engine, int hidden) {
    return up(hidden, engine.gates().lanes());
  }

  /** How many rows tiles compute for so many: the lowest tile may be higher than what is left. */
  static int rows(Tiles tiles, int count) {
    int last = (count - 1) / tiles.rows() * tiles.rows();
    return last + tiles.heightFor(count - last);
  }

  /** How many runs of units the gates of a sequence take. */
  static int slots(Cell cell) {
    return cell == Cell.GRU ? 4 : cell.gates();
  }

  static int up(int n, int multiple) {
    return (n + multiple - 1) / multiple * multiple;
  }

  /** How many sequences are taken through the gates at once, and stay in the nearest cache. */
  int atOnce() {
    return Math.max(1, 4096 / gateStride);
  }

  int h(int row) {
    return row * stateStride;
  }

  int c(int row) {
    return c + row * stateStride;
  }

  int gates(int row) {
    return gates + row * gateStride;
  }
}
