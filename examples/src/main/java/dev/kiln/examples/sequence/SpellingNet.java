package dev.kiln.examples.sequence;

import dev.kiln.Tensor;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Module;
import dev.kiln.nn.Rnn;
import org.jspecify.annotations.Nullable;

/**
 * Characters to what comes next: one-hot, a tanh RNN, and a linear layer unless the RNN's outputs
 * are themselves the logits. Parameters are named {@code rnn} and {@code fc}.
 */
final class SpellingNet extends Module {
  private final int vocabulary;
  private final Rnn rnn;
  private final @Nullable Linear fc;

  /** The RNN's outputs, between -1 and 1, are the logits: one unit a character. */
  SpellingNet(int vocabulary) {
    this.vocabulary = vocabulary;
    rnn = child("rnn", new Rnn(vocabulary, vocabulary).batchFirst());
    fc = null;
  }

  /** With {@code layers} of {@code hidden} units and a linear layer behind them. */
  SpellingNet(int vocabulary, int hidden, int layers) {
    this.vocabulary = vocabulary;
    rnn = child("rnn", new Rnn(vocabulary, hidden).layers(layers).batchFirst());
    fc = child("fc", new Linear(hidden, vocabulary));
  }

  /**
   * @param characters int32 {@code [batch, steps]}
   * @return logits {@code [batch, steps, vocabulary]}
   */
  @Override
  public Tensor forward(Tensor characters) {
    Tensor output = rnn.forward(characters.oneHot(vocabulary));
    return fc == null ? output : fc.forward(output);
  }
}
