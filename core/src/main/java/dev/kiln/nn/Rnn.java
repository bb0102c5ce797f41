package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.backend.Cell;
import dev.kiln.ops.Recurrent;
import org.jspecify.annotations.Nullable;

/**
 * Simple recurrent layers (Elman 1990): {@code h = tanh(W_ih x + b_ih + W_hh h' + b_hh)}, or with
 * {@link #relu} in place of tanh.
 *
 * <pre>{@code
 * Rnn rnn = new Rnn(4, 5).batchFirst();
 * Rnn.Result first = rnn.run(x);
 * Rnn.Result next = rnn.run(more, first.h());
 * }</pre>
 */
public final class Rnn extends RecurrentLayers<Rnn> {
  private boolean rectified;

  /**
   * @param in features of each step
   * @param hidden features of the state
   */
  public Rnn(int in, int hidden) {
    super(in, hidden, Cell.RNN_TANH.gates());
  }

  /**
   * What came out.
   *
   * @param output {@code [steps, batch, hidden]}, or batch first, or {@code [steps, hidden]}: the
   *     last layer's state at each step; twice as wide if bidirectional; 0 past a length
   * @param h {@code [layers · directions, batch, hidden]}, or without the batch: each layer's state
   *     at the end
   */
  public record Result(Tensor output, Tensor h) {}

  /** The states go through max(·, 0) in place of tanh. */
  public Rnn relu() {
    rectified = true;
    return this;
  }

  /** From states of 0; see {@link #forward} for the shapes. */
  public Result run(Tensor x) {
    return run(x, null, null);
  }

  /** From the states of {@link Result#h}'s shape that another run ended with, say. */
  public Result run(Tensor x, @Nullable Tensor h0) {
    return run(x, h0, null);
  }

  /**
   * Over sequences that are padded to one length: the outputs past a sequence's own are 0, the
   * states at the end are those at its length, and the backward direction begins there.
   *
   * @param h0 null for 0
   * @param lengths int32 {@code [batch]}, from 1 to steps; null if all sequences are whole
   * @throws dev.kiln.ShapeException if shapes do not fit
   */
  public Result run(Tensor x, @Nullable Tensor h0, @Nullable Tensor lengths) {
    Recurrent.Result result = apply(x, h0, null, lengths);
    return new Result(result.output(), result.h());
  }

  @Override
  Rnn self() {
    return this;
  }

  @Override
  Cell cell() {
    return rectified ? Cell.RNN_RELU : Cell.RNN_TANH;
  }
}
