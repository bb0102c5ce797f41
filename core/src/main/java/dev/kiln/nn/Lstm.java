package dev.kiln.nn;

import static java.util.Objects.requireNonNull;

import dev.kiln.Tensor;
import dev.kiln.backend.Cell;
import dev.kiln.ops.Recurrent;
import org.jspecify.annotations.Nullable;

/**
 * Layers of long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers,
 * Schmidhuber and Cummins 2000). With the gates {@code i, f, g, o} as the rows of the weights:
 *
 * <pre>
 *   i, f, o = σ(W_ih x + b_ih + W_hh h' + b_hh)     g = tanh(…)
 *   c = f ∘ c' + i ∘ g                              h = o ∘ tanh(c)
 * </pre>
 */
public final class Lstm extends RecurrentLayers<Lstm> {
  /**
   * @param in features of each step
   * @param hidden features of the states
   */
  public Lstm(int in, int hidden) {
    super(in, hidden, Cell.LSTM.gates());
  }

  /**
   * What came out.
   *
   * @param output {@code [steps, batch, hidden]}, or batch first, or {@code [steps, hidden]}: the
   *     last layer's hidden state at each step; twice as wide if bidirectional; 0 past a length
   * @param h {@code [layers · directions, batch, hidden]}, or without the batch: each layer's
   *     hidden state at the end
   * @param c the cell states likewise
   */
  public record Result(Tensor output, Tensor h, Tensor c) {}

  /** From states of 0; see {@link #forward} for the shapes. */
  public Result run(Tensor x) {
    return run(x, null, null, null);
  }

  /** From the states of {@link Result}'s shapes that another run ended with, say. */
  public Result run(Tensor x, @Nullable Tensor h0, @Nullable Tensor c0) {
    return run(x, h0, c0, null);
  }

  /**
   * Over sequences that are padded to one length: the outputs past a sequence's own are 0, the
   * states at the end are those at its length, and the backward direction begins there.
   *
   * @param h0 null for 0
   * @param c0 null for 0
   * @param lengths int32 {@code [batch]}, from 1 to steps; null if all sequences are whole
   * @throws dev.kiln.ShapeException if shapes do not fit
   */
  public Result run(Tensor x, @Nullable Tensor h0, @Nullable Tensor c0, @Nullable Tensor lengths) {
    Recurrent.Result result = apply(x, h0, c0, lengths);
    return new Result(result.output(), result.h(), requireNonNull(result.c()));
  }

  @Override
  Lstm self() {
    return this;
  }

  @Override
  Cell cell() {
    return Cell.LSTM;
  }
}
