package dev.kiln.bench.work;

import dev.kiln.bench.work.Layer.AvgPool;
import dev.kiln.bench.work.Layer.BatchNorm;
import dev.kiln.bench.work.Layer.Branches;
import dev.kiln.bench.work.Layer.Conv;
import dev.kiln.bench.work.Layer.Flatten;
import dev.kiln.bench.work.Layer.Linear;
import dev.kiln.bench.work.Layer.MaxPool;
import dev.kiln.bench.work.Layer.Relu;
import dev.kiln.bench.work.Layer.Rnn;
import java.util.ArrayList;
import java.util.List;

/** The nets of the demos. */
final class Nets {
  private Nets() {}

  static List<Layer> mlp(int in, int hidden, int out) {
    return List.of(new Linear(in, hidden), new Relu(), new Linear(hidden, out));
  }

  /** The demo's without its dropout: engines draw other numbers. */
  static List<Layer> cnn() {
    return List.of(
        new Conv(1, 32, 3, 1),
        new BatchNorm(32),
        new Relu(),
        new MaxPool(2),
        new Conv(32, 64, 3, 1),
        new BatchNorm(64),
        new Relu(),
        new MaxPool(2),
        new Flatten(),
        new Linear(64 * 7 * 7, 128),
        new Relu(),
        new Linear(128, 10));
  }

  static List<Layer> inception() {
    return List.of(
        new Conv(1, 10, 5, 0),
        new MaxPool(2),
        new Relu(),
        inceptionBlock(10),
        new Conv(88, 20, 5, 0),
        new MaxPool(2),
        new Relu(),
        inceptionBlock(20),
        new Flatten(),
        new Linear(88 * 4 * 4, 10));
  }

  private static Branches inceptionBlock(int in) {
    return new Branches(
        List.of(
            List.of(new Conv(in, 16, 1, 0)),
            List.of(new Conv(in, 16, 1, 0), new Conv(16, 24, 5, 2)),
            List.of(new Conv(in, 16, 1, 0), new Conv(16, 24, 3, 1), new Conv(24, 24, 3, 1)),
            List.of(new AvgPool(3, 1, 1), new Conv(in, 24, 1, 0))));
  }

  /** One-hot characters to what comes next; without a linear layer the states are the logits. */
  static List<Layer> speller(int characters, int hidden, int layers, boolean linear) {
    List<Layer> net = new ArrayList<>();
    net.add(new Rnn(characters, hidden, layers));
    if (linear) {
      net.add(new Linear(hidden, characters));
    }
    return List.copyOf(net);
  }
}
