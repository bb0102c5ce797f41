package dev.kiln.examples.image;

import com.google.gson.JsonObject;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.data.Batch;
import dev.kiln.data.DataLoader;
import dev.kiln.data.Mnist;
import dev.kiln.examples.Demo;
import dev.kiln.examples.DemoOptions;
import dev.kiln.examples.EpochLoop;
import dev.kiln.examples.ImageGrid;
import dev.kiln.examples.Limits;
import dev.kiln.examples.LossPlot;
import dev.kiln.examples.TrainingOptions;
import dev.kiln.optim.Adam;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kiln autoencoder}: digits through a bottleneck of a few numbers. */
@Command(
    name = "autoencoder",
    description =
        "Squeezes each digit into a few numbers and draws it from them again:"
            + " autoencoder.png shows test images above what came out.")
public final class AutoencoderCommand implements Callable<Integer> {
  private static final int SHOWN = 12;

  @Spec private CommandSpec spec;
  @Mixin private DemoOptions options;
  @Mixin private DigitOptions data;
  @Mixin private TrainingOptions training = new TrainingOptions(30, 64, 1e-3);

  @Option(
      names = "--code",
      paramLabel = "N",
      description = "How many numbers an image is squeezed into (default: ${DEFAULT-VALUE}).")
  private int code = 24;

  @Override
  public Integer call() throws IOException {
    Limits.within(spec, "--code", 1, Limits.WIDTH, code);
    int epochs = training.epochs();
    try (Demo demo = options.open()) {
      Mnist digits = data.open(demo);
      Autoencoder net = demo.place(new Autoencoder(code));
      demo.say("Model     784 pixels in %d numbers; %,d parameters", code, Demo.parameters(net));
      DataLoader batches =
          DataLoader.of(demo.device(), digits.train(), training.batch()).shuffled(demo.seed());
      EpochLoop loop =
          new EpochLoop(demo, new Adam(net.parameters(), training.lr()), epochs, "squared error");
      for (int epoch = 0; epoch < epochs; epoch++) {
        loop.epoch(batches, batches.size(), batch -> error(net, batch.input()));
      }
      double error = testError(demo, net, digits);
      demo.say("Test      squared error %.4f a pixel", error);

      demo.save(net);
      demo.draw(
          "loss.png",
          file -> LossPlot.write(file, "Autoencoder", "squared error", loop.stepLosses()));
      demo.draw("autoencoder.png", file -> picture(demo, net, digits).write(file));
      JsonObject figures = demo.figures();
      figures.addProperty("epochs", epochs);
      figures.addProperty("code", code);
      figures.add("loss", loop.asJson());
      figures.addProperty("test_error", error);
      demo.finish(figures);
    }
    return 0;
  }

  /** The mean over all pixels of the squared difference. */
  private static Tensor error(Autoencoder net, Tensor images) {
    Tensor difference = net.forward(images).sub(images);
    return difference.mul(difference).mean();
  }

  private static double testError(Demo demo, Autoencoder net, Mnist digits) {
    double sum = 0;
    try (Tape.Pause pause = Tape.pause()) {
      for (Batch batch : DataLoader.of(demo.device(), digits.test(), 500)) {
        try (Scope step = demo.device().scope()) {
          sum += batch.size() * (double) error(net, batch.input()).item();
        }
      }
    }
    return sum / digits.test().size();
  }

  private static ImageGrid picture(Demo demo, Autoencoder net, Mnist digits) {
    try (Scope step = demo.device().scope();
        Tape.Pause pause = Tape.pause()) {
      Tensor images = DataLoader.of(demo.device(), digits.test(), SHOWN).iterator().next().input();
      return new ImageGrid(2).row("original", images).row("drawn again", net.forward(images));
    }
  }
}
