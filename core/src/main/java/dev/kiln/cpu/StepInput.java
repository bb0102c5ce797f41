package dev.kiln.cpu;

import dev.kiln.backend.Cell;
import dev.kiln.backend.RecurrentInput;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.cpu.RecurrentProduct.PackedProduct;
import dev.kiln.cpu.Scratch.Role;
import org.jspecify.annotations.Nullable;

/**
 * Makes the input products of a step where its gates will be, with both biases. A GRU's slots are
 * r, z, n's recurrent product, of which this is the bias alone, and its input product.
 */
final class StepInput {
  private final RecurrentSpec spec;
  private final Gates gates;
  private final Cell cell;
  private final int hidden;
  private final int units;
  private final int features;
  private final int stride;
  private final int slots;
  private final Rowed x;
  private final PackedProduct product;
  private final @Nullable PackedProduct candidate;
  private final float @Nullable [] inputBias;
  private final int inputBiasAt;

  StepInput(Engine engine, RecurrentSpec spec, RecurrentInput input) {
    this.spec = spec;
    gates = engine.gates();
    cell = spec.cell();
    hidden = spec.hidden();
    units = RecurrentBlock.units(engine, hidden);
    features = input.features();
    stride = features + engine.gates().lanes();
    slots = RecurrentBlock.slots(cell);
    x = Rowed.dense(input.x(), features);
    inputBias = CpuBuffer.floatsOrNull(input.bias());
    inputBiasAt = CpuBuffer.offsetOrZero(input.bias());
    GateWeights w =
        new GateWeights(
            CpuBuffer.floats(input.w()),
            CpuBuffer.offset(input.w()),
            cell.gates(),
            hidden,
            features,
            units,
            true);
    boolean two = cell == Cell.GRU;
    product = packed(engine, spec, two ? w.of(0, 2) : w, Role.INPUT_RIGHT);
    candidate = two ? packed(engine, spec, w.of(2, 1), Role.SECOND_INPUT_RIGHT) : null;
  }

  private static PackedProduct packed(Engine engine, RecurrentSpec spec, GateWeights w, Role role) {
    return PackedProduct.of(engine, w, spec.steps(), spec.batch(), role);
  }

  /** How much of a block's spare it wants, for {@code rows} sequences. */
  int spare(Tiles tiles, int rows) {
    return (slots + 1) * units + tiles.columns() + RecurrentBlock.rows(tiles, rows) * stride;
  }

  /** Where in the block a step's input lies. */
  private int inputAt(RecurrentBlock b, Tiles tiles) {
    return b.spare + (slots + 1) * units + tiles.columns();
  }

  /**
   * Puts the biases together, behind where the block's spare begins.
   *
   * @param bias of the recurrent products
   */
  void begin(RecurrentBlock b, float @Nullable [] bias, int biasAt) {
    for (int gate = 0; gate < cell.gates(); gate++) {
      boolean apart = cell == Cell.GRU && gate == 2;
      for (int u = 0; u < hidden; u++) {
        float own = inputBias == null ? 0 : inputBias[inputBiasAt + gate * hidden + u];
        float other = bias == null ? 0 : bias[biasAt + gate * hidden + u];
        b.data[b.spare + gate * units + u] = apart ? other : own + other;
        if (apart) {
          b.data[b.spare + 3 * units + u] = own;
        }
      }
    }
  }

  /** Takes in a sequence's row of the input. */
  void enter(RecurrentBlock b, Tiles tiles, int i, int row) {
    x.read(gates, row, b.data, inputAt(b, tiles) + i * stride);
  }

  /** What was taken in of the first {@code rows} sequences. */
  Matrix entered(RecurrentBlock b, Tiles tiles, int rows) {
    return new Matrix(b.data, inputAt(b, tiles), rows, features, stride, 1);
  }

  /** Rows of sequences that follow each other, where the input has them. */
  Matrix lying(int firstRow, int rows) {
    int apart = spec.batchRows() * features;
    return new Matrix(x.data(), x.at(firstRow), rows, features, apart, 1);
  }

  /** Starts the gates of the first sequences, whose {@code rows} of input these are. */
  void multiply(RecurrentBlock b, Matrix rows) {
    Packed left = product.left(rows);
    product.multiply(left, b.data, b.gates, b.gateStride, Start.perColumn(b.data, b.spare));
    if (candidate != null) {
      for (int i = 0; i < rows.rows(); i++) {
        int n = b.gates(i) + 2 * units;
        System.arraycopy(b.data, b.spare + 2 * units, b.data, n, units);
      }
      candidate.multiply(
          left,
          b.data,
          b.gates + 3 * units,
          b.gateStride,
          Start.perColumn(b.data, b.spare + 3 * units));
    }
  }
}
