package dev.kiln.examples.golden;

import dev.kiln.Tensor;
import dev.kiln.nn.AvgPool2d;
import dev.kiln.nn.BatchNorm2d;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Linear;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Module;
import dev.kiln.ops.Concat;
import java.util.List;

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
      case "inception" -> new Inception(options.integer("classes"));
      default -> throw new UnsupportedCaseException("Kiln has no layers for " + model);
    };
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

  private static final class Inception extends Module {
    private final Module conv1 = child("conv1", new Conv2d(1, 10, 5));
    private final Module incept1 = child("incept1", new InceptionBlock(10));
    private final Module conv2 = child("conv2", new Conv2d(88, 20, 5));
    private final Module incept2 = child("incept2", new InceptionBlock(20));
    private final Module fc;
    private final Module pool = new MaxPool2d(2);

    Inception(int classes) {
      fc = child("fc", new Linear(1408, classes));
    }

    @Override
    public Tensor forward(Tensor x) {
      Tensor first = incept1.forward(pool.forward(conv1.forward(x)).relu());
      Tensor second = incept2.forward(pool.forward(conv2.forward(first)).relu());
      return fc.forward(second.flatten(1));
    }
  }

  /** Four branches side by side, joined to 88 channels. */
  private static final class InceptionBlock extends Module {
    private final Module branch1x1;
    private final Module branch5x5First;
    private final Module branch5x5Second = child("branch5x5_2", new Conv2d(16, 24, 5).padding(2));
    private final Module branch3x3First;
    private final Module branch3x3Second = child("branch3x3_2", new Conv2d(16, 24, 3).padding(1));
    private final Module branch3x3Third = child("branch3x3_3", new Conv2d(24, 24, 3).padding(1));
    private final Module branchPool;
    private final Module pool = new AvgPool2d(3).stride(1).padding(1);

    InceptionBlock(int channels) {
      branch1x1 = child("branch1x1", new Conv2d(channels, 16, 1));
      branch5x5First = child("branch5x5_1", new Conv2d(channels, 16, 1));
      branch3x3First = child("branch3x3_1", new Conv2d(channels, 16, 1));
      branchPool = child("branch_pool", new Conv2d(channels, 24, 1));
    }

    @Override
    public Tensor forward(Tensor x) {
      Tensor fives = branch5x5Second.forward(branch5x5First.forward(x));
      Tensor threes = branch3x3Third.forward(branch3x3Second.forward(branch3x3First.forward(x)));
      Tensor pooled = branchPool.forward(pool.forward(x));
      return Concat.apply(List.of(branch1x1.forward(x), fives, threes, pooled), 1);
    }
  }
}
