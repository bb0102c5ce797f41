package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Cell;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.cpu.RecurrentProduct.RowProduct;
import org.jspecify.annotations.Nullable;

/**
 * A batch of one sequence, whose hidden units are shared out over the threads: each keeps its part
 * of the recurrent weights in its cache, and they wait for each other at every step.
 */
final class SingleSequence {
  /** Fewer multiplications a step than this are not worth the waiting. */
  private static final int LEAST_STEP = 1 << 15;

  private static final int LEAST_STEPS = 8;

  private final Engine engine;
  private final RecurrentSpec spec;
  private final Buffer w;
  private final int parts;
  private final float[] panels;

  private SingleSequence(Engine engine, RecurrentSpec spec, Buffer w, int parts) {
    this.engine = engine;
    this.spec = spec;
    this.w = w;
    this.parts = parts;
    int size = Math.multiplyExact(spec.gateWidth(), spec.hidden());
    panels = Scratch.ofThread().array(Scratch.Role.RIGHT, size);
  }

  /** Null where sequences are taken through all steps by one thread each. */
  static @Nullable SingleSequence of(
      Engine engine, RecurrentSpec spec, Buffer w, @Nullable Buffer lengths) {
    int hidden = spec.hidden();
    if (spec.batch() != 1
        || lengths != null
        || spec.cell() == Cell.GRU_RESET_FIRST
        || spec.steps() < LEAST_STEPS
        || (long) spec.gateWidth() * hidden < LEAST_STEP) {
      return null;
    }
    int parts = engine.workers().size();
    while (parts > 1 && hidden % (parts * engine.gates().lanes()) != 0) {
      parts--;
    }
    return parts == 1 ? null : new SingleSequence(engine, spec, w, parts);
  }

  /** What goes through the steps with one part of the units. */
  interface Passes<T> {
    T of(Units own, RecurrentProduct product);
  }

  /**
   * @param h0 hidden states before the first step; null for 0
   * @param y the hidden states that come out
   */
  void forward(Passes<RecurrentForward> passes, @Nullable Rowed h0, Rowed y) {
    RecurrentForward[] pass = new RecurrentForward[parts];
    RecurrentBlock[] block = new RecurrentBlock[parts];
    int hidden = spec.hidden();
    engine
        .workers()
        .run(
            parts,
            i -> {
              Units own = Units.part(i, parts, hidden);
              GateWeights weights = weights(own.first() * hidden, own.count(), true);
              int n = weights.columns();
              pass[i] = passes.of(own, product(weights, 0, n, i * n * hidden));
              block[i] = pass[i].begin();
            });
    Sequences sequences = new Sequences(spec, null);
    float[] first = h0 == null ? new float[hidden] : h0.data();
    int firstAt = h0 == null ? 0 : h0.at(0);
    Lockstep.run(
        engine.workers(),
        parts,
        spec.steps(),
        (i, step) -> {
          if (step == 0) {
            pass[i].step(block[i], step, first, firstAt);
          } else {
            pass[i].step(block[i], step, y.data(), y.at(sequences.row(step - 1, 0)));
          }
        });
  }

  void backward(Passes<RecurrentBackward> passes) {
    RecurrentBackward[] pass = new RecurrentBackward[parts];
    RecurrentBlock[] block = new RecurrentBlock[parts];
    engine
        .workers()
        .run(
            parts,
            i -> {
              Units own = Units.part(i, parts, spec.hidden());
              GateWeights weights = weights(0, spec.hidden(), false);
              int at = own.first() * spec.gateWidth();
              pass[i] = passes.of(own, product(weights, own.first(), own.count(), at));
              block[i] = pass[i].begin();
            });
    int steps = spec.steps();
    Lockstep.run(
        engine.workers(), parts, steps + 1, (i, step) -> pass[i].step(block[i], steps - step));
  }

  private GateWeights weights(int skip, int units, boolean forward) {
    return new GateWeights(
        CpuBuffer.floats(w),
        CpuBuffer.offset(w) + skip,
        spec.cell().gates(),
        spec.hidden(),
        spec.hidden(),
        units,
        forward);
  }

  private RecurrentProduct product(GateWeights weights, int first, int n, int at) {
    return RowProduct.of(engine.gates(), weights, first, n, panels, at);
  }
}
