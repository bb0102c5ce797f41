package dev.kiln.examples.image;

import com.google.gson.JsonObject;
import dev.kiln.Generator;
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

/** {@code kiln vae}: digits from normally distributed codes, so that new ones can be drawn. */
@Command(
    name = "vae",
    description =
        "Learns to draw digits from a few normally distributed numbers: a variational autoencoder."
            + " vae.png shows test images, what they became, and digits that nobody wrote.")
public final class VaeCommand implements Callable<Integer> {
  private static final int SHOWN = 12;

  /** The first stream of draws, away from those of weights and shuffles. */
  private static final long DRAWS = 1L << 32;

  @Spec private CommandSpec spec;
  @Mixin private DemoOptions options;
  @Mixin private DigitOptions data;
  @Mixin private TrainingOptions training = new TrainingOptions(40, 64, 1e-3);

  @Option(
      names = "--code",
      paramLabel = "N",
      description = "How many numbers an image is drawn from (default: ${DEFAULT-VALUE}).")
  private int code = 10;

  @Override
  public Integer call() throws IOException {
    Limits.within(spec, "--code", 1, Limits.WIDTH, code);
    int epochs = training.epochs();
    try (Demo demo = options.open()) {
      Mnist digits = data.open(demo);
      Vae net = demo.place(new Vae(code));
      demo.say("Model     digits of %d numbers; %,d parameters", code, Demo.parameters(net));
      DataLoader batches =
          DataLoader.of(demo.device(), digits.train(), training.batch()).shuffled(demo.seed());
      Generator noise = new Generator(demo.seed(), DRAWS);
      EpochLoop loop =
          new EpochLoop(demo, new Adam(net.parameters(), training.lr()), epochs, "-ELBO");
      for (int epoch = 0; epoch < epochs; epoch++) {
        loop.epoch(batches, batches.size(), batch -> net.bound(batch.input(), noise).total());
      }
      double[] parts = test(demo, net, digits);
      double elbo = -(parts[0] + parts[1]);
      demo.say(
          "Test      ELBO %.1f nats an image: reconstruction %.1f, divergence %.1f",
          elbo, parts[0], parts[1]);

      demo.save(net);
      demo.draw(
          "loss.png",
          file ->
              LossPlot.write(file, "Variational autoencoder", "nats an image", loop.stepLosses()));
      demo.draw("vae.png", file -> picture(demo, net, digits).write(file));
      JsonObject figures = demo.figures();
      figures.addProperty("epochs", epochs);
      figures.addProperty("code", code);
      figures.add("loss", loop.asJson());
      figures.addProperty("test_elbo", elbo);
      figures.addProperty("test_reconstruction", parts[0]);
      figures.addProperty("test_divergence", parts[1]);
      demo.finish(figures);
    }
    return 0;
  }

  /** Reconstruction and divergence, in nats an image; the same draws every time. */
  private static double[] test(Demo demo, Vae net, Mnist digits) {
    Generator noise = new Generator(demo.seed(), DRAWS);
    double[] sums = new double[2];
    try (Tape.Pause pause = Tape.pause()) {
      for (Batch batch : DataLoader.of(demo.device(), digits.test(), 500)) {
        try (Scope step = demo.device().scope()) {
          Vae.Bound bound = net.bound(batch.input(), noise);
          sums[0] += batch.size() * (double) bound.reconstruction().item();
          sums[1] += batch.size() * (double) bound.divergence().item();
        }
      }
    }
    int n = digits.test().size();
    return new double[] {sums[0] / n, sums[1] / n};
  }

  private static ImageGrid picture(Demo demo, Vae net, Mnist digits) {
    try (Scope step = demo.device().scope();
        Tape.Pause pause = Tape.pause()) {
      Tensor images = DataLoader.of(demo.device(), digits.test(), SHOWN).iterator().next().input();
      Generator numbers = new Generator(demo.seed(), DRAWS);
      return new ImageGrid(2)
          .row("original", images)
          .row("drawn again", net.forward(images))
          .row("new", net.decode(net.draw(demo.device(), numbers, SHOWN)))
          .row("new", net.decode(net.draw(demo.device(), numbers, SHOWN)))
          .row("new", net.decode(net.draw(demo.device(), numbers, SHOWN)));
    }
  }
}
