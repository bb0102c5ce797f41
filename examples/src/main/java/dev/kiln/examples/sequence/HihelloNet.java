package dev.kiln.examples.sequence;

import dev.kiln.Tensor;
import dev.kiln.nn.Embedding;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Module;
import dev.kiln.nn.Rnn;
import dev.kiln.nn.RnnCell;
import dev.kiln.ops.Concat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The ways in which {@code kiln hihello} gets from {@code hihell} to {@code ihello}. */
enum HihelloNet {
  /** A cell in a loop by hand: one character at a time. */
  STEP {
    @Override
    Module build(int vocabulary) {
      return new Step(vocabulary);
    }
  },
  /** A recurrent layer over the whole sequence. */
  SEQUENCE {
    @Override
    Module build(int vocabulary) {
      return new SpellingNet(vocabulary);
    }
  },
  /** Likewise, with a softmax before cross entropy, which has one of its own: a mistake to see. */
  SOFTMAX {
    @Override
    Module build(int vocabulary) {
      return new SoftmaxTwice(vocabulary);
    }
  },
  /** A learned vector for each character in place of one-hot, and a linear layer at the end. */
  EMBEDDING {
    @Override
    Module build(int vocabulary) {
      return new Embedded(vocabulary);
    }
  };

  /** A new one: {@code [batch, steps]} characters to logits {@code [batch, steps, vocabulary]}. */
  abstract Module build(int vocabulary);

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static final class Step extends Module {
    private final int vocabulary;
    private final RnnCell rnn;

    Step(int vocabulary) {
      this.vocabulary = vocabulary;
      rnn = child("rnn", new RnnCell(vocabulary, vocabulary));
    }

    @Override
    public Tensor forward(Tensor characters) {
      int batch = characters.dim(0);
      Tensor x = characters.oneHot(vocabulary);
      Tensor h = Tensor.zeros(characters.device(), batch, vocabulary);
      List<Tensor> outputs = new ArrayList<>();
      for (int t = 0; t < characters.dim(1); t++) {
        h = rnn.step(x.slice(1, t, t + 1).reshape(batch, vocabulary), h);
        outputs.add(h.reshape(batch, 1, vocabulary));
      }
      return Concat.apply(outputs, 1);
    }
  }

  private static final class SoftmaxTwice extends Module {
    private final int vocabulary;
    private final Rnn rnn;

    SoftmaxTwice(int vocabulary) {
      this.vocabulary = vocabulary;
      rnn = child("rnn", new Rnn(vocabulary, vocabulary).batchFirst());
    }

    @Override
    public Tensor forward(Tensor characters) {
      return rnn.forward(characters.oneHot(vocabulary)).softmax(-1);
    }
  }

  private static final class Embedded extends Module {
    private static final int FEATURES = 10;

    private final Embedding embedding;
    private final Rnn rnn;
    private final Linear fc;

    Embedded(int vocabulary) {
      embedding = child("embedding", new Embedding(vocabulary, FEATURES));
      rnn = child("rnn", new Rnn(FEATURES, vocabulary).batchFirst());
      fc = child("fc", new Linear(vocabulary, vocabulary));
    }

    @Override
    public Tensor forward(Tensor characters) {
      return fc.forward(rnn.forward(embedding.forward(characters)));
    }
  }
}
