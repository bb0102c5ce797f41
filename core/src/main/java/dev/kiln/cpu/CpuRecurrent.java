package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Cell;
import dev.kiln.backend.Recurrent;
import dev.kiln.backend.RecurrentInput;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.cpu.Scratch.Role;
import java.util.Objects;
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
    if (NarrowSequences.suits(engine, spec, lengths)) {
      NarrowSequences all = new NarrowSequences(engine, spec, w, true);
      all.forward(x, bias, h0, c0, y, hn, cn, kept);
      return;
    }
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

  /** A pass of some units, multiplied in some way. */
  private interface Passes<T> {
    T of(Units own, RecurrentProduct product, @Nullable RecurrentProduct candidate);
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
    Sequences sequences = new Sequences(spec, lengths);
    Passes<RecurrentForward> passes =
        (own, product, candidate) ->
            new RecurrentForward(
                engine,
                spec,
                own,
                sequences,
                product,
                candidate,
                x,
                input,
                bias,
                states(spec, own, h0),
                states(spec, own, c0),
                outputs(spec, own, y),
                Objects.requireNonNull(states(spec, own, hn)),
                states(spec, own, cn),
                kept);
    Units all = Units.all(spec.hidden());
    SingleSequence single = input == null ? SingleSequence.of(engine, spec, w, lengths) : null;
    if (single != null) {
      single.forward(
          (own, product) -> passes.of(own, product, null),
          states(spec, all, h0),
          outputs(spec, all, y));
      return;
    }
    boolean two = spec.cell() == Cell.GRU_RESET_FIRST;
    GateWeights weights = weights(spec, w, true);
    RecurrentProduct product = product(spec, two ? weights.of(0, 2) : weights, Role.RIGHT);
    RecurrentProduct candidate = two ? product(spec, weights.of(2, 1), Role.SECOND_RIGHT) : null;
    RecurrentForward forward = passes.of(all, product, candidate);
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
    if (NarrowSequences.suits(engine, spec, lengths)) {
      NarrowSequences all = new NarrowSequences(engine, spec, w, false);
      all.backward(kept, dy, dhn, dcn, dx, dproduct, dh0, dc0);
      return;
    }
    int gates = spec.gateWidth();
    Sequences sequences = new Sequences(spec, lengths);
    Passes<RecurrentBackward> passes =
        (own, product, candidate) ->
            new RecurrentBackward(
                engine,
                spec,
                own,
                sequences,
                product,
                candidate,
                kept,
                Rowed.columns(dy, spec.column() + own.first(), spec.width(), own.count()),
                states(spec, own, dhn),
                states(spec, own, dcn),
                new Rowed(CpuBuffer.floats(dx), CpuBuffer.offset(dx) + own.first(), gates, gates),
                Rowed.columns(dproduct, own.first(), gates, gates),
                states(spec, own, dh0),
                states(spec, own, dc0));
    SingleSequence single = SingleSequence.of(engine, spec, w, lengths);
    if (single != null) {
      single.backward((own, product) -> passes.of(own, product, null));
      return;
    }
    boolean two = spec.cell() == Cell.GRU_RESET_FIRST;
    GateWeights weights = weights(spec, w, false);
    RecurrentProduct product = product(spec, two ? weights.of(0, 2) : weights, Role.RIGHT);
    RecurrentProduct candidate = two ? product(spec, weights.of(2, 1), Role.SECOND_RIGHT) : null;
    RecurrentBackward backward = passes.of(Units.all(spec.hidden()), product, candidate);
    shareOut(spec, backward::run);
  }

  /** These units' columns of a layer's first or last states. */
  private static @Nullable Rowed states(RecurrentSpec spec, Units own, @Nullable Buffer buffer) {
    return Rowed.columns(buffer, spec.stateAt() + own.first(), own.all(), own.count());
  }

  private static Rowed outputs(RecurrentSpec spec, Units own, Buffer y) {
    int at = CpuBuffer.offset(y) + spec.column() + own.first();
    return new Rowed(CpuBuffer.floats(y), at, spec.width(), own.count());
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
   * Blocks of sequences, as many for each worker if they are worth sharing. Where the weights stay
   * in a cache a block is up to two tiles high, so that what its steps read and write stays there
   * as well; else there is one for a worker, and the weights are read as seldom as can be.
   */
  private void shareOut(RecurrentSpec spec, Workers.Range body) {
    Workers workers = engine.workers();
    int batch = spec.batch();
    boolean share = spec.flops() >= 2.0 * MatrixProduct.WORTH_SHARING;
    boolean cached = spec.gateWidth() * (long) spec.hidden() <= CACHED;
    int each = share ? workers.size() : 1;
    int most = cached ? 2 * engine.product().tiles().rows() : batch;
    int rounds = batch == 0 ? 0 : (int) ((batch - 1L) / ((long) each * most)) + 1;
    int blocks = Math.min(batch, rounds * each);
    Workers.Task block =
        i -> body.run((int) ((long) batch * i / blocks), (int) ((long) batch * (i + 1) / blocks));
    if (share) {
      workers.run(blocks, block);
    } else {
      for (int i = 0; i < blocks; i++) {
        block.run(i);
      }
    }
  }
}
