package dev.kiln.nn;

import dev.kiln.Generator;
import dev.kiln.Tensor;
import dev.kiln.Varying;
import dev.kiln.backend.Cell;
import dev.kiln.backend.DropoutSpec;
import dev.kiln.ops.Recurrent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Rnn}, {@link Lstm} and {@link Gru} share: layers over sequences {@code [steps, batch,
 * in]}, each of which reads the outputs of the one below.
 *
 * <p>Parameters, for layer k: {@code weight_ih_lk [gates · hidden, in]}, {@code weight_hh_lk [gates
 * · hidden, hidden]}, {@code bias_ih_lk} and {@code bias_hh_lk [gates · hidden]}; those of the
 * backward direction end in {@code _reverse}. All are uniform within {@code 1 / sqrt(hidden)}, as
 * in PyTorch. One layer, one direction, with biases, without dropout and not batch first unless
 * told.
 *
 * @param <L> the layer itself
 */
public abstract sealed class RecurrentLayers<L extends RecurrentLayers<L>> extends Module
    permits Rnn, Lstm, Gru {
  private final int in;
  private final int hidden;
  private final int gates;
  private int layers = 1;
  private boolean bidirectional;
  private boolean batchFirst;
  private boolean biased = true;
  private float dropout;
  private List<RecurrentParameters> parameters;

  RecurrentLayers(int in, int hidden, int gates) {
    if (in < 1 || hidden < 1) {
      throw new IllegalArgumentException(
          getClass().getSimpleName()
              + ": features are at least 1, not in "
              + in
              + " and hidden "
              + hidden);
    }
    this.in = in;
    this.hidden = hidden;
    this.gates = gates;
    parameters = declare();
  }

  /** How many layers are stacked. */
  public L layers(int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          getClass().getSimpleName() + ": there is at least 1 layer, not " + count);
    }
    withdraw("layers");
    layers = count;
    parameters = declare();
    return self();
  }

  /** Each layer also reads from the last step to the first, and its output is twice as wide. */
  public L bidirectional() {
    withdraw("bidirectional");
    bidirectional = true;
    parameters = declare();
    return self();
  }

  /** Inputs and outputs are {@code [batch, steps, ...]}; states are as ever. */
  public L batchFirst() {
    batchFirst = true;
    return self();
  }

  /** Whether there are biases: unless told, there are. */
  public L bias(boolean wanted) {
    withdraw("bias");
    biased = wanted;
    parameters = declare();
    return self();
  }

  /**
   * Random zeros in the outputs of all layers but the last, in training.
   *
   * @param p the chance of a zero, 0 to 1
   */
  public L dropout(double p) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException(
          getClass().getSimpleName() + ": the probability is from 0 to 1, not " + p);
    }
    dropout = (float) p;
    return self();
  }

  abstract L self();

  abstract Cell cell();

  /** Features of a hidden state. */
  public final int hidden() {
    return hidden;
  }

  /**
   * The output alone, from states of 0, as a layer between others; {@code run} of each layer gives
   * the states as well.
   *
   * @param x {@code [steps, batch, in]}, batch first {@code [batch, steps, in]}, or a single
   *     sequence {@code [steps, in]}
   * @return {@code [steps, batch, hidden]} or likewise, twice as wide if bidirectional
   */
  @Override
  public final Tensor forward(Tensor x) {
    return apply(x, null, null, null).output();
  }

  final Recurrent.Result apply(
      Tensor x, @Nullable Tensor h0, @Nullable Tensor c0, @Nullable Tensor lengths) {
    List<Varying<DropoutSpec>> dropouts = new ArrayList<>();
    if (isTraining() && dropout > 0) {
      Generator numbers = generator();
      for (int i = 1; i < layers; i++) {
        dropouts.add(
            x.device()
                .varying(
                    () -> new DropoutSpec(1, dropout, numbers.seed(), numbers.nextStream()),
                    numbers::takeBackStream));
      }
    }
    Recurrent.Stack stack = new Recurrent.Stack(cell(), bidirectional, batchFirst, dropouts);
    return Recurrent.apply(
        stack, x, h0, c0, lengths, parameters.stream().map(RecurrentParameters::weights).toList());
  }

  private void withdraw(String option) {
    for (int i = 0; i < layers * (bidirectional ? 2 : 1); i++) {
      String suffix = suffix(i);
      withdraw(
          option,
          "weight_ih" + suffix,
          "weight_hh" + suffix,
          "bias_ih" + suffix,
          "bias_hh" + suffix);
    }
  }

  private List<RecurrentParameters> declare() {
    int directions = bidirectional ? 2 : 1;
    double bound = 1 / Math.sqrt(hidden);
    Init init = Init.uniform(-bound, bound);
    List<RecurrentParameters> declared = new ArrayList<>();
    for (int i = 0; i < layers * directions; i++) {
      String suffix = suffix(i);
      int width = i < directions ? in : directions * hidden;
      declared.add(
          new RecurrentParameters(
              parameter("weight_ih" + suffix, init, gates * hidden, width),
              parameter("weight_hh" + suffix, init, gates * hidden, hidden),
              biased ? parameter("bias_ih" + suffix, init, gates * hidden) : null,
              biased ? parameter("bias_hh" + suffix, init, gates * hidden) : null));
    }
    return declared;
  }

  private String suffix(int i) {
    return bidirectional ? "_l" + i / 2 + (i % 2 == 1 ? "_reverse" : "") : "_l" + i;
  }

  @Override
  protected String describe() {
    return getClass().getSimpleName()
        + "("
        + in
        + ", "
        + hidden
        + (layers == 1 ? "" : ", layers " + layers)
        + (bidirectional ? ", bidirectional" : "")
        + (batchFirst ? ", batch first" : "")
        + (dropout == 0 ? "" : ", dropout " + dropout)
        + (biased ? ")" : ", no bias)");
  }
}
