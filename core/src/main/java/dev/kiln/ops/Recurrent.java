package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.Varying;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Cell;
import dev.kiln.backend.DropoutSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers over whole sequences, and single steps: stacked, in one direction or both. What
 * a {@link Cell} computes is said there.
 */
public final class Recurrent {
  private Recurrent() {}

  /**
   * One direction of one layer.
   *
   * @param input {@code [gates · hidden, in]}: what the input is multiplied with
   * @param hidden {@code [gates · hidden, hidden]}: what the hidden state is multiplied with
   * @param inputBias {@code [gates · hidden]}; null for 0
   * @param hiddenBias {@code [gates · hidden]}; null just if the other is
   */
  public record Weights(
      Tensor input, Tensor hidden, @Nullable Tensor inputBias, @Nullable Tensor hiddenBias) {}

  /**
   * How layers are put together.
   *
   * @param bidirectional each layer also reads its input from the last step to the first
   * @param batchFirst the input is {@code [batch, steps, in]}, else {@code [steps, batch, in]}
   * @param dropouts of the outputs of all layers but the last, from the lowest; empty for none
   */
  public record Stack(
      Cell cell, boolean bidirectional, boolean batchFirst, List<Varying<DropoutSpec>> dropouts) {

    int directions() {
      return bidirectional ? 2 : 1;
    }

    /** Its name in messages. */
    String op() {
      return name(cell);
    }
  }

  /**
   * What came out.
   *
   * @param output {@code [steps, batch, directions · hidden]}, or batch first: the hidden states of
   *     the last layer, the backward direction's beside the forward one's; 0 past a length
   * @param h {@code [layers · directions, batch, hidden]}: the hidden states at the end
   * @param c the cell states likewise; null unless the cell has them
   */
  public record Result(Tensor output, Tensor h, @Nullable Tensor c) {}

  /**
   * @param x {@code [steps, batch, in]}, batch first {@code [batch, steps, in]}, or a single
   *     sequence {@code [steps, in]}: then the results have no dimension of the batch either
   * @param h0 {@code [layers · directions, batch, hidden]}: hidden states at the start; null for 0
   * @param c0 cell states likewise
   * @param lengths int32 {@code [batch]}: of how many steps each sequence is, at least one; the
   *     rest of it is padding; null if all are whole
   * @param weights of the lowest layer, forward and, if bidirectional, backward; then of the next
   * @throws ShapeException if shapes do not fit
   * @throws IndexOutOfBoundsException if a length is below 1 or above the steps
   */
  public static Result apply(
      Stack stack,
      Tensor x,
      @Nullable Tensor h0,
      @Nullable Tensor c0,
      @Nullable Tensor lengths,
      List<Weights> weights) {
    String op = stack.op();
    int rank = x.shape().rank();
    if (rank != 2 && rank != 3) {
      throw new ShapeException(
          op
              + ": the input "
              + x.shape()
              + " should be "
              + (stack.batchFirst() ? "[batch, steps, in]" : "[steps, batch, in]")
              + ", or [steps, in] for a single sequence");
    }
    boolean single = rank == 2;
    int steps = x.dim(single || !stack.batchFirst() ? 0 : 1);
    int batch = single ? 1 : x.dim(stack.batchFirst() ? 0 : 1);
    if (steps == 0) {
      throw new ShapeException(op + ": the input " + x.shape() + " has no steps; give at least 1");
    }
    int hidden = hidden(op, stack, x, weights);
    int states = weights.size();
    Shape state = single ? Shape.of(states, hidden) : Shape.of(states, batch, hidden);
    String what = single ? "[layers · directions, hidden]" : "[layers · directions, batch, hidden]";
    checkStates(op, x, h0, c0, state, what, stack.cell());
    checkLengths(op, x, lengths, batch, steps);
    RecurrentPass pass =
        new RecurrentPass(stack, x, h0, c0, lengths, weights, steps, batch, hidden);
    Shape output = x.shape().with(rank - 1, stack.directions() * hidden);
    return record(pass, output, state);
  }

  /**
   * A single step of one layer: its output is the new hidden state.
   *
   * @param x {@code [batch, in]}, or {@code [in]}
   * @param h {@code [batch, hidden]}, or {@code [hidden]}; null for 0
   * @param c the cell state likewise
   * @return the new states, each of the shape of {@code h}; the output is the hidden one itself
   * @throws ShapeException if shapes do not fit
   */
  public static Result step(
      Cell cell, Tensor x, @Nullable Tensor h, @Nullable Tensor c, Weights weights) {
    String op = name(cell) + "_cell";
    int rank = x.shape().rank();
    if (rank != 1 && rank != 2) {
      throw new ShapeException(
          op + ": the input " + x.shape() + " should be [batch, in], or [in] for a single one");
    }
    Stack stack = new Stack(cell, false, false, List.of());
    int hidden = hidden(op, stack, x, List.of(weights));
    int batch = rank == 1 ? 1 : x.dim(0);
    Shape state = x.shape().with(rank - 1, hidden);
    checkStates(op, x, h, c, state, rank == 1 ? "[hidden]" : "[batch, hidden]", cell);
    RecurrentPass pass =
        new RecurrentPass(stack, x, h, c, null, List.of(weights), 1, batch, hidden);
    Result result = record(pass, state, state);
    result.output().close();
    return new Result(result.h(), result.h(), result.c());
  }

  private static Result record(RecurrentPass pass, Shape output, Shape state) {
    Tensor[] inputs = pass.inputs();
    Result result = pass.forward(output, state, Tape.records(inputs));
    Tensor c = result.c();
    Tensor[] results =
        c == null
            ? new Tensor[] {result.output(), result.h()}
            : new Tensor[] {result.output(), result.h(), c};
    Tape.record(results, inputs, pass::backward);
    return result;
  }

  private static String name(Cell cell) {
    return switch (cell) {
      case RNN_TANH, RNN_RELU -> "rnn";
      case LSTM -> "lstm";
      case GRU, GRU_RESET_FIRST -> "gru";
    };
  }

  /** Checks the weights against each other and the input. */
  private static int hidden(String op, Stack stack, Tensor x, List<Weights> weights) {
    int directions = stack.directions();
    if (weights.isEmpty() || weights.size() % directions != 0) {
      throw new IllegalArgumentException(
          op + ": " + weights.size() + " weights are not those of layers of " + directions);
    }
    int layers = weights.size() / directions;
    if (!stack.dropouts().isEmpty() && stack.dropouts().size() != layers - 1) {
      throw new IllegalArgumentException(
          op + ": " + stack.dropouts().size() + " dropouts between " + layers + " layers");
    }
    int hidden = weights.get(0).hidden().dim(-1);
    int rows = Math.multiplyExact(stack.cell().gates(), hidden);
    for (int i = 0; i < weights.size(); i++) {
      Weights own = weights.get(i);
      Operands.check(op, x, own.input(), own.hidden(), own.inputBias(), own.hiddenBias());
      boolean lowest = i < directions;
      Shape given = own.input().shape();
      int in = lowest ? x.dim(-1) : directions * hidden;
      if (lowest && given.rank() == 2 && given.dim(0) == rows && given.dim(1) != in) {
        throw new ShapeException(
            op
                + ": the input "
                + x.shape()
                + " should end in "
                + given.dim(1)
                + " features (input weight "
                + given
                + " = [gates · hidden, in])");
      }
      fit(op, "input weight", "[gates · hidden, in]", own.input(), Shape.of(rows, in));
      fit(op, "hidden weight", "[gates · hidden, hidden]", own.hidden(), Shape.of(rows, hidden));
      if ((own.inputBias() == null) != (own.hiddenBias() == null)) {
        throw new IllegalArgumentException(op + ": there are two biases, or none");
      }
      fit(op, "input bias", "[gates · hidden]", own.inputBias(), Shape.of(rows));
      fit(op, "hidden bias", "[gates · hidden]", own.hiddenBias(), Shape.of(rows));
    }
    return hidden;
  }

  private static void fit(
      String op, String what, String meaning, @Nullable Tensor tensor, Shape wanted) {
    if (tensor != null && !tensor.shape().equals(wanted)) {
      throw new ShapeException(
          op + ": the " + what + " " + tensor.shape() + " should be " + wanted + " = " + meaning);
    }
  }

  private static void checkStates(
      String op,
      Tensor x,
      @Nullable Tensor h,
      @Nullable Tensor c,
      Shape state,
      String meaning,
      Cell cell) {
    Operands.check(op, x, h, c);
    if (c != null && !cell.hasCellState()) {
      throw new IllegalArgumentException(op + ": only an lstm has a cell state");
    }
    for (Tensor given : Arrays.asList(h, c)) {
      if (given != null && !given.shape().equals(state)) {
        throw new ShapeException(
            op
                + ": the "
                + (given == h ? "hidden" : "cell")
                + " state "
                + given.shape()
                + " should be "
                + state
                + " = "
                + meaning
                + " (input "
                + x.shape()
                + ")");
      }
    }
  }

  private static void checkLengths(
      String op, Tensor x, @Nullable Tensor lengths, int batch, int steps) {
    if (lengths == null) {
      return;
    }
    Operands.sameDevice(op, x, lengths);
    if (lengths.dtype() != DType.INT32 || !lengths.shape().equals(Shape.of(batch))) {
      throw new ShapeException(
          op
              + ": the lengths "
              + lengths
              + " should be int32 ["
              + batch
              + "], one a sequence of the input "
              + x.shape());
    }
    int outside = lengths.firstOutside(1, steps, 1);
    if (outside >= 0) {
      throw new IndexOutOfBoundsException(
          String.format(
              Locale.ROOT,
              "%s: length %d of sequence %d is not from 1 to %d, the steps of the input %s",
              op,
              lengths.toInts()[outside],
              outside,
              steps,
              x.shape()));
    }
  }

  /** The tensors of some weights, in order. */
  static List<Tensor> tensors(Weights weights) {
    List<Tensor> tensors = new ArrayList<>(List.of(weights.input(), weights.hidden()));
    if (weights.inputBias() != null && weights.hiddenBias() != null) {
      tensors.add(weights.inputBias());
      tensors.add(weights.hiddenBias());
    }
    return tensors;
  }
}
