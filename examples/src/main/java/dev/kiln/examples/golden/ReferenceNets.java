package dev.kiln.examples.golden;

import dev.kiln.DType;
import dev.kiln.Tensor;
import dev.kiln.examples.mnist.nets.Inception;
import dev.kiln.nn.BatchNorm2d;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Linear;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Module;
import dev.kiln.nn.Rnn;
import dev.kiln.ops.OneHot;
import org.jspecify.annotations.Nullable;

/** The nets of the training cases, with parameters named as there. */
final class ReferenceNets {
  private ReferenceNets() {}

  static Module named(String model, Attributes options) throws UnsupportedCaseException {
    return switch (model) {
      case "mlp" ->
          new Mlp(options.integer("inputs"), options.integer("hidden"), options.integer("classes"));
      case "small_cnn" ->
          new SmallCnn(
              options.integer("channels1"),
              options.integer("channels2"),
              options.integer("classes"));
      case "char_rnn" ->
          new CharRnn(
              options.integer("vocab"),
              options.integer("hidden"),
              options.integer("layers"),
              options.flag("fc"));
      case "inception" -> new Inception(options.integer("classes"));
      default -> throw new UnsupportedCaseException("Kiln has no layers for " + model);
    };
  }

  /** Reads letters by number, and says after each what comes next. */
  private static final class CharRnn extends Module {
    private final int vocabulary;
    private final Rnn rnn;
    private final @Nullable Module fc;

    CharRnn(int vocabulary, int hidden, int layers, boolean linear) {
      this.vocabulary = vocabulary;
      rnn = child("rnn", new Rnn(vocabulary, hidden).layers(layers).batchFirst());
      fc = linear ? child("fc", new Linear(hidden, vocabulary)) : null;
    }

    @Override
    public Tensor forward(Tensor letters) {
      Tensor states = rnn.forward(OneHot.apply(letters, vocabulary, DType.FLOAT32));
      return (fc == null ? states : fc.forward(states)).reshape(-1, vocabulary);
    }
  }

  private static final class Mlp extends Module {
    private final Module fc1;
    private final Module fc2;

    Mlp(int inputs, int hidden, int classes) {
      fc1 = child("fc1", new Linear(inputs, hidden));
      fc2 = child("fc2", new Linear(hidden, classes));
    }

    @Override
    public Tensor forward(Tensor x) {
      return fc2.forward(fc1.forward(x).relu());
    }
  }

  private static final class SmallCnn extends Module {
    private final Module conv1;
    private final Module bn1;
    private final Module conv2;
    private final Module bn2;
    private final Module fc;
    private final Module pool = new MaxPool2d(2);

    SmallCnn(int channels1, int channels2, int classes) {
      conv1 = child("conv1", new Conv2d(1, channels1, 3).padding(1).bias(false));
      bn1 = child("bn1", new BatchNorm2d(channels1));
      conv2 = child("conv2", new Conv2d(channels1, channels2, 3).padding(1).bias(false));
      bn2 = child("bn2", new BatchNorm2d(channels2));
      fc = child("fc", new Linear(channels2 * 7 * 7, classes));
    }

    @Override
    public Tensor forward(Tensor x) {
      Tensor half = pool.forward(bn1.forward(conv1.forward(x)).relu());
      Tensor quarter = pool.forward(bn2.forward(conv2.forward(half)).relu());
      return fc.forward(quarter.flatten(1));
    }
  }
}
