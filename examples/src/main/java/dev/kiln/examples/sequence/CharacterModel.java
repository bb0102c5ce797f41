package dev.kiln.examples.sequence;

import dev.kiln.Tensor;
import dev.kiln.nn.Embedding;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Module;
import dev.kiln.nn.Parameter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What comes after each character: an embedding or one-hot, a stack of recurrent layers, a linear
 * layer. Parameters: {@code embedding}, {@code rnn}, {@code fc}; the vocabulary goes with them as
 * code points.
 */
final class CharacterModel extends Module {
  private final Vocabulary characters;
  private final @Nullable Embedding embedding;
  private final CellKind.Layer rnn;
  private final Linear fc;
  private final Parameter vocabulary;

  /**
   * @param features of the embedding; 0 for one-hot in place of it
   */
  CharacterModel(CellKind cell, Vocabulary characters, int features, int hidden, int layers) {
    this.characters = characters;
    int n = characters.size();
    embedding = features == 0 ? null : child("embedding", new Embedding(n, features));
    rnn = cell.layer(features == 0 ? n : features, hidden, layers);
    child("rnn", rnn.module());
    fc = child("fc", new Linear(hidden, n));
    vocabulary = buffer("vocabulary", (shape, generator) -> codePoints(characters), n);
  }

  private static float[] codePoints(Vocabulary characters) {
    float[] points = new float[characters.size()];
    for (int i = 0; i < points.length; i++) {
      points[i] = characters.symbol(i).codePointAt(0);
    }
    return points;
  }

  /**
   * Whether its weights, which may have been loaded, are of this vocabulary.
   *
   * @throws IllegalArgumentException if they are of another
   */
  void checkVocabulary() {
    if (!Arrays.equals(vocabulary.tensor().toFloats(), codePoints(characters))) {
      throw new IllegalArgumentException(
          "the weights were learned from a text with other characters than this one");
    }
  }

  /**
   * @param logits {@code [batch · steps, vocabulary]}
   * @param state after the last step
   */
  record Answer(Tensor logits, CellKind.State state) {}

  /**
   * @param ids int32 {@code [batch, steps]}
   * @param state that the net begins with; null for zeros
   */
  Answer read(Tensor ids, CellKind.@Nullable State state) {
    Tensor x = embedding == null ? ids.oneHot(characters.size()) : embedding.forward(ids);
    CellKind.Run run = rnn.run(x, state);
    Tensor output = run.output();
    return new Answer(fc.forward(output.reshape(-1, output.dim(-1))), run.state());
  }

  /** From zeros: logits {@code [batch · steps, vocabulary]}. */
  @Override
  public Tensor forward(Tensor ids) {
    return read(ids, null).logits();
  }
}
