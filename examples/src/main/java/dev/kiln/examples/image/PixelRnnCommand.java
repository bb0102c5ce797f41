package dev.kiln.examples.image;

import com.google.gson.JsonObject;
import dev.kiln.Generator;
import dev.kiln.Scope;
import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.data.Batch;
import dev.kiln.data.DataLoader;
import dev.kiln.data.Dataset;
import dev.kiln.data.Mnist;
import dev.kiln.examples.Demo;
import dev.kiln.examples.DemoOptions;
import dev.kiln.examples.EpochLoop;
import dev.kiln.examples.ImageGrid;
import dev.kiln.examples.Limits;
import dev.kiln.examples.LossPlot;
import dev.kiln.examples.TrainingOptions;
import dev.kiln.nn.Losses;
import dev.kiln.ops.Reduction;
import dev.kiln.optim.Adam;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kiln pixelrnn}: digits foretold and drawn pixel by pixel. */
@Command(
    name = "pixelrnn",
    description =
        "Learns to foretell black and white digits pixel by pixel, by an LSTM over the rows:"
            + " pixelrnn.png shows digits that it draws so. Says how many bits a pixel takes.")
public final class PixelRnnCommand implements Callable<Integer> {
  private static final int COLUMNS = 12;
  private static final int ROWS = 4;
  private static final int PIXELS = PixelRnn.SIDE * PixelRnn.SIDE;

  /** The first stream of draws, away from those of weights and shuffles. */
  private static final long DRAWS = 1L << 32;

  @Spec private CommandSpec spec;
  @Mixin private DemoOptions options;
  @Mixin private DigitOptions data;
  @Mixin private TrainingOptions training = new TrainingOptions(12, 32, 2e-3);

  @Option(
      names = "--hidden",
      paramLabel = "N",
      description = "The width of the LSTM's states (default: ${DEFAULT-VALUE}).")
  private int hidden = 128;

  @Override
  public Integer call() throws IOException {
    Limits.within(spec, "--hidden", 1, Limits.WIDTH, hidden);
    int epochs = training.epochs();
    try (Demo demo = options.open()) {
      Mnist grey = data.open(demo);
      Dataset train = new BlackAndWhite(grey.train());
      Dataset test = new BlackAndWhite(grey.test());
      Limits.recurrent(spec, demo.device().info(), 4, PixelRnn.SIDE, hidden, 1);
      PixelRnn net = demo.place(new PixelRnn(hidden));
      demo.say("Model     rows by an LSTM, %,d parameters", Demo.parameters(net));
      DataLoader batches =
          DataLoader.of(demo.device(), train, training.batch()).shuffled(demo.seed());
      EpochLoop loop =
          new EpochLoop(demo, new Adam(net.parameters(), training.lr()), epochs, "bits a pixel");
      for (int epoch = 0; epoch < epochs; epoch++) {
        loop.epoch(batches, batches.size(), batch -> bits(net, batch.input()));
      }
      double bits = testBits(demo, net, test);
      demo.say("Test      %.4f bits a pixel, %.1f bits an image", bits, bits * PIXELS);

      demo.save(net);
      demo.draw(
          "loss.png", file -> LossPlot.write(file, "Pixel RNN", "bits a pixel", loop.stepLosses()));
      demo.draw("pixelrnn.png", file -> picture(demo, net, test).write(file));
      JsonObject figures = demo.figures();
      figures.addProperty("epochs", epochs);
      figures.addProperty("hidden", hidden);
      figures.add("loss", loop.asJson());
      figures.addProperty("test_bits_per_pixel", bits);
      demo.finish(figures);
    }
    return 0;
  }

  /** What each pixel takes on average, told in the net's best code. */
  private static Tensor bits(PixelRnn net, Tensor images) {
    Tensor rows = images.reshape(-1, PixelRnn.SIDE, PixelRnn.SIDE);
    double perPixel = 1 / (Math.log(2) * images.size());
    return Losses.bceWithLogits(net.forward(rows), rows, null, null, Reduction.SUM)
        .mul((float) perPixel);
  }

  private static double testBits(Demo demo, PixelRnn net, Dataset test) {
    double sum = 0;
    try (Tape.Pause pause = Tape.pause()) {
      for (Batch batch : DataLoader.of(demo.device(), test, 250)) {
        try (Scope step = demo.device().scope()) {
          sum += batch.size() * (double) bits(net, batch.input()).item();
        }
      }
    }
    return sum / test.size();
  }

  private static ImageGrid picture(Demo demo, PixelRnn net, Dataset test) {
    try (Scope step = demo.device().scope();
        Tape.Pause pause = Tape.pause()) {
      Generator numbers = new Generator(demo.seed(), DRAWS);
      float[] drawn = net.draw(demo.device(), numbers, ROWS * COLUMNS);
      ImageGrid grid = new ImageGrid(2);
      grid.row("written", DataLoader.of(demo.device(), test, COLUMNS).iterator().next().input());
      for (int row = 0; row < ROWS; row++) {
        int from = row * COLUMNS * PIXELS;
        float[] images = Arrays.copyOfRange(drawn, from, from + COLUMNS * PIXELS);
        grid.row("drawn", 1, PixelRnn.SIDE, PixelRnn.SIDE, images);
      }
      return grid;
    }
  }

  /** What is at least half white is white. */
  private record BlackAndWhite(Dataset grey) implements Dataset {
    @Override
    public int size() {
      return grey.size();
    }

    @Override
    public Shape inputShape() {
      return grey.inputShape();
    }

    @Override
    public void read(int index, float[] destination, int offset) {
      grey.read(index, destination, offset);
      for (int i = offset; i < offset + inputShape().size(); i++) {
        destination[i] = destination[i] >= 0.5f ? 1 : 0;
      }
    }

    @Override
    public int target(int index) {
      return grey.target(index);
    }
  }
}
