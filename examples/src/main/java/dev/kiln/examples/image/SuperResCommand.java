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
import dev.kiln.examples.LossPlot;
import dev.kiln.examples.TrainingOptions;
import dev.kiln.nn.AvgPool2d;
import dev.kiln.nn.Module;
import dev.kiln.nn.Upsample;
import dev.kiln.ops.Upsample.Mode;
import dev.kiln.optim.Adam;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kiln superres}: digits of 14 × 14 pixels made 28 × 28. */
@Command(
    name = "superres",
    description =
        "Learns to enlarge digits of 14 x 14 pixels to 28 x 28, better than by interpolation:"
            + " superres.png shows both beside the original.")
public final class SuperResCommand implements Callable<Integer> {
  private static final int SHOWN = 10;

  @Mixin private DemoOptions options;
  @Mixin private DigitOptions data;
  @Mixin private TrainingOptions training = new TrainingOptions(4, 32, 2e-3);

  /** Makes the small images: each pixel is the mean of four. */
  private final Module shrink = new AvgPool2d(2);

  private final Module bilinear = new Upsample(2).mode(Mode.BILINEAR);

  @Override
  public Integer call() throws IOException {
    int epochs = training.epochs();
    try (Demo demo = options.open()) {
      Mnist digits = data.open(demo);
      SuperResolution net = demo.place(new SuperResolution());
      demo.say("Model     14 x 14 to 28 x 28, %,d parameters", Demo.parameters(net));
      DataLoader batches =
          DataLoader.of(demo.device(), digits.train(), training.batch()).shuffled(demo.seed());
      EpochLoop loop =
          new EpochLoop(demo, new Adam(net.parameters(), training.lr()), epochs, "squared error");
      for (int epoch = 0; epoch < epochs; epoch++) {
        loop.epoch(batches, batches.size(), batch -> error(net, batch.input()));
      }
      double learnt = psnr(demo, net, digits);
      double interpolated = psnr(demo, bilinear, digits);
      demo.say("Test      PSNR %.2f dB; bilinear interpolation has %.2f dB", learnt, interpolated);

      demo.save(net);
      demo.draw(
          "loss.png",
          file -> LossPlot.write(file, "Super-resolution", "squared error", loop.stepLosses()));
      demo.draw("superres.png", file -> picture(demo, net, digits).write(file));
      JsonObject figures = demo.figures();
      figures.addProperty("epochs", epochs);
      figures.add("loss", loop.asJson());
      figures.addProperty("psnr", learnt);
      figures.addProperty("psnr_bilinear", interpolated);
      demo.finish(figures);
    }
    return 0;
  }

  /** The mean squared error of an enlargement of the shrunken images. */
  private Tensor error(Module enlarge, Tensor images) {
    Tensor difference = enlarge.forward(shrink.forward(images)).sub(images);
    return difference.mul(difference).mean();
  }

  /** The peak signal-to-noise ratio over all test images: the peak is 1. */
  private double psnr(Demo demo, Module enlarge, Mnist digits) {
    double sum = 0;
    try (Tape.Pause pause = Tape.pause()) {
      for (Batch batch : DataLoader.of(demo.device(), digits.test(), 250)) {
        try (Scope step = demo.device().scope()) {
          sum += batch.size() * (double) error(enlarge, batch.input()).item();
        }
      }
    }
    return -10 * Math.log10(sum / digits.test().size());
  }

  private ImageGrid picture(Demo demo, Module net, Mnist digits) {
    try (Scope step = demo.device().scope();
        Tape.Pause pause = Tape.pause()) {
      Tensor images = DataLoader.of(demo.device(), digits.test(), SHOWN).iterator().next().input();
      Tensor small = shrink.forward(images);
      Module pixels = new Upsample(2);
      return new ImageGrid(2)
          .row("14 x 14", pixels.forward(small))
          .row("bilinear", bilinear.forward(small))
          .row("learnt", net.forward(small))
          .row("original", images);
    }
  }
}
