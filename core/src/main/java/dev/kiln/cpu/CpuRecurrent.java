package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Cell;
import dev.kiln.backend.Recurrent;
import dev.kiln.backend.RecurrentInput;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.cpu.Scratch.Role;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers. The sequences of a batch are shared out over the workers, and each goes through
 * all steps of its own without waiting for the others; the recurrent weights are packed once.
 */
final class CpuRecurrent implements Recurrent {
  /**
   * From so many sequences on, those of a thread fill tiles, and input products are made by step.
   */
  private static final int LEAST_FROM_INPUT = 16;

  /** Recurrent weights of so many elements stay in the second-level cache. */
  private static final int CACHED = 1 << 16;

  private final Engine engine;

  CpuRecurrent(Engine engine) {
    this.engine = engine;
  }

  @Override
  public void recurrent(
      RecurrentSpec spec,
      Buffer x,
      Buffer w,
      @Nullable Buffer bias,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      @Nullable Buffer lengths,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable RecurrentKept kept) {
    Rowed products = Rowed.dense(x, spec.gateWidth());
    forward(spec, products, null, w, bias, h0, c0, lengths, y, hn, cn, kept);
  }

  @Override
  public boolean readsInput(RecurrentSpec spec) {
    return spec.batch() >= LEAST_FROM_INPUT;
  }

  @Override
  public void recurrentOverInput(
      RecurrentSpec spec,
      RecurrentInput input,
      Buffer w,
      @Nullable Buffer bias,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      @Nullable Buffer lengths,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable RecurrentKept kept) {
    StepInput from = new StepInput(engine, spec, input);
    forward(spec, null, from, w, bias, h0, c0, lengths, y, hn, cn, kept);
  }

  private void forward(
      RecurrentSpec spec,
      @Nullable Rowed x,
      @Nullable StepInput input,
      Buffer w,
      @Nullable Buffer bias,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      @Nullable Buffer lengths,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable RecurrentKept kept) {
    int hidden = spec.hidden();
    boolean two = spec.cell() == Cell.GRU_RESET_FIRST;
    GateWeights weights = weights(spec, w, true);
    RecurrentProduct product = product(spec, two ? weights.of(0, 2) : weights, Role.RIGHT);
    RecurrentProduct candidate = two ? product(spec, weights.of(2, 1), Role.SECOND_RIGHT) : null;
    RecurrentForward forward =
        new RecurrentForward(
            engine,
            spec,
            new Sequences(spec, lengths),
            product,
            candidate,
            x,
            input,
            bias,
            Rowed.columns(h0, spec.stateAt(), hidden, hidden),
            Rowed.columns(c0, spec.stateAt(), hidden, hidden),
            new Rowed(
                CpuBuffer.floats(y), CpuBuffer.offset(y) + spec.column(), spec.width(), hidden),
            new Rowed(CpuBuffer.floats(hn), CpuBuffer.offset(hn) + spec.stateAt(), hidden, hidden),
            Rowed.columns(cn, spec.stateAt(), hidden, hidden),
            kept);
    shareOut(spec, forward::run);
  }

  @Override
  public void recurrentGradient(
      RecurrentSpec spec,
      RecurrentKept kept,
      Buffer w,
      @Nullable Buffer lengths,
      @Nullable Buffer dy,
      @Nullable Buffer dhn,
      @Nullable Buffer dcn,
      Buffer dx,
      @Nullable Buffer dproduct,
      @Nullable Buffer dh0,
      @Nullable Buffer dc0) {
    int hidden = spec.hidden();
    int gates = spec.gateWidth();
    boolean two = spec.cell() == Cell.GRU_RESET_FIRST;
    GateWeights weights = weights(spec, w, false);
    RecurrentProduct product = product(spec, two ? weights.of(0, 2) : weights, Role.RIGHT);
    RecurrentProduct candidate = two ? product(spec, weights.of(2, 1), Role.SECOND_RIGHT) : null;
    RecurrentBackward backward =
        new RecurrentBackward(
            engine,
            spec,
            new Sequences(spec, lengths),
            product,
            candidate,
            kept,
            Rowed.columns(dy, spec.column(), spec.width(), hidden),
            Rowed.columns(dhn, spec.stateAt(), hidden, hidden),
            Rowed.columns(dcn, spec.stateAt(), hidden, hidden),
            Rowed.dense(dx, gates),
            Rowed.columns(dproduct, 0, gates, gates),
            Rowed.columns(dh0, spec.stateAt(), hidden, hidden),
            Rowed.columns(dc0, spec.stateAt(), hidden, hidden));
    shareOut(spec, backward::run);
  }

  private RecurrentProduct product(RecurrentSpec spec, GateWeights weights, Role role) {
    return RecurrentProduct.of(engine, weights, spec.steps(), spec.batch(), role);
  }

  private GateWeights weights(RecurrentSpec spec, Buffer w, boolean forward) {
    return new GateWeights(
        CpuBuffer.floats(w),
        CpuBuffer.offset(w),
        spec.cell().gates(),
        spec.hidden(),
        spec.hidden(),
        RecurrentBlock.units(engine, spec.hidden()),
        forward);
  }

  /**
   * Blocks of sequences, shared out if that is worth waking the workers. Where the weights stay in
   * a cache a block is two tiles high, so that what its steps read and write stays there as well;
   * else there are as many as workers, and the weights are read as seldom as can be.
   */
  private void shareOut(RecurrentSpec spec, Workers.Range body) {
    Workers workers = engine.workers();
    int batch = spec.batch();
    int atOnce = 2 * engine.product().tiles().rows();
    boolean share = spec.flops() >= 2.0 * MatrixProduct.WORTH_SHARING;
    if (spec.gateWidth() * (long) spec.hidden() <= CACHED && batch > atOnce) {
      int blocks = (batch + atOnce - 1) / atOnce;
      Workers.Task block = i -> body.run(i * atOnce, Math.min(batch, (i + 1) * atOnce));
      if (share) {
        workers.run(blocks, block);
      } else {
        for (int i = 0; i < blocks; i++) {
          block.run(i);
        }
      }
    } else if (share) {
      int blocks = Math.min(workers.size(), batch);
      workers.run(
          blocks,
          i ->
              body.run((int) ((long) batch * i / blocks), (int) ((long) batch * (i + 1) / blocks)));
    } else if (batch > 0) {
      body.run(0, batch);
    }
  }
}
