package dev.kiln.examples.sequence;

import dev.kiln.Tensor;
import dev.kiln.nn.Gru;
import dev.kiln.nn.Lstm;
import dev.kiln.nn.Module;
import dev.kiln.nn.Rnn;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The recurrent layers that a demo lets one choose from, used alike. */
enum CellKind {
  RNN(1) {
    @Override
    Layer layer(int in, int hidden, int layers) {
      Rnn rnn = new Rnn(in, hidden).layers(layers).batchFirst();
      return new Layer(
          rnn,
          (x, state) -> {
            Rnn.Result result = rnn.run(x, state == null ? null : state.h);
            return new Run(result.output(), new State(result.h(), null));
          });
    }
  },
  LSTM(4) {
    @Override
    Layer layer(int in, int hidden, int layers) {
      Lstm lstm = new Lstm(in, hidden).layers(layers).batchFirst();
      return new Layer(
          lstm,
          (x, state) -> {
            Lstm.Result result =
                lstm.run(x, state == null ? null : state.h, state == null ? null : state.c);
            return new Run(result.output(), new State(result.h(), result.c()));
          });
    }
  },
  GRU(3) {
    @Override
    Layer layer(int in, int hidden, int layers) {
      Gru gru = new Gru(in, hidden).layers(layers).batchFirst();
      return new Layer(
          gru,
          (x, state) -> {
            Gru.Result result = gru.run(x, state == null ? null : state.h);
            return new Run(result.output(), new State(result.h(), null));
          });
    }
  };

  private final int gates;

  CellKind(int gates) {
    this.gates = gates;
  }

  /** Each of a unit's gates has weights of its own. */
  int gates() {
    return gates;
  }

  /** New ones, batch first. */
  abstract Layer layer(int in, int hidden, int layers);

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * What is carried from step to step: {@code [layers, batch, hidden]}.
   *
   * @param c the cell state, of an LSTM only
   */
  record State(Tensor h, @Nullable Tensor c) {
    /** Of its {@link #tensors}. */
    static State of(List<Tensor> tensors) {
      return new State(tensors.get(0), tensors.size() == 1 ? null : tensors.get(1));
    }

    List<Tensor> tensors() {
      return c == null ? List.of(h) : List.of(h, c);
    }

    /** Cut off from the tape. */
    State detach() {
      return new State(h.detach(), c == null ? null : c.detach());
    }
  }

  /**
   * What came out.
   *
   * @param output {@code [batch, steps, hidden]}
   */
  record Run(Tensor output, State state) {}

  /** Runs layers over {@code [batch, steps, in]} from a state, or from zeros. */
  interface Runner {
    Run run(Tensor x, @Nullable State state);
  }

  /**
   * Layers, and how to run them.
   *
   * @param module to be declared as a child
   */
  record Layer(Module module, Runner runner) {
    Run run(Tensor x, @Nullable State state) {
      return runner.run(x, state);
    }
  }
}
