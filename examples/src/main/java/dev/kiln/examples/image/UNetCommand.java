package dev.kiln.examples.image;

import com.google.gson.JsonObject;
import dev.kiln.Generator;
import dev.kiln.Scope;
import dev.kiln.autograd.Tape;
import dev.kiln.examples.Demo;
import dev.kiln.examples.DemoOptions;
import dev.kiln.examples.EpochLoop;
import dev.kiln.examples.ImageGrid;
import dev.kiln.examples.Limits;
import dev.kiln.examples.LossPlot;
import dev.kiln.examples.TrainingOptions;
import dev.kiln.nn.Losses;
import dev.kiln.optim.Adam;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kiln unet}: which pixel belongs to which shape. */
@Command(
    name = "unet",
    description =
        "Draws discs, squares and triangles on noisy paper, and learns which pixel belongs to"
            + " which: unet.png shows pictures, the truth, and what the net says.")
public final class UNetCommand implements Callable<Integer> {
  private static final int SHOWN = 10;
  private static final int TEST = 200;
  private static final String[] KINDS = {"paper", "disc", "square", "triangle"};

  /** Paper, disc, square, triangle; red, green and blue. */
  private static final float[][] COLOURS = {
    {0.93f, 0.93f, 0.93f}, {0.12f, 0.31f, 0.55f}, {0.76f, 0.22f, 0.12f}, {0.85f, 0.64f, 0.11f}
  };

  @Spec private CommandSpec spec;
  @Mixin private DemoOptions options;
  @Mixin private TrainingOptions training = new TrainingOptions(12, 20, 5e-3);

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "How many pictures to draw to learn from (default: ${DEFAULT-VALUE}).")
  private int images = 2_000;

  @Override
  public Integer call() throws IOException {
    Limits.within(spec, "--images", 1, ShapeDrawings.MOST, images);
    int epochs = training.epochs();
    int batch = training.batch();
    try (Demo demo = options.open()) {
      ShapeDrawings train = ShapeDrawings.draw(images, demo.seed());
      ShapeDrawings test = ShapeDrawings.draw(Math.min(TEST, images), ~demo.seed());
      demo.say("Data      %,d pictures to learn from, %,d to be judged by", images, test.size());
      UNet net = demo.place(new UNet(ShapeDrawings.CLASSES));
      demo.say("Model     a class for each pixel, %,d parameters", Demo.parameters(net));
      Generator order = new Generator(demo.seed());
      EpochLoop loop =
          new EpochLoop(demo, new Adam(net.parameters(), training.lr()), epochs, "cross entropy");
      for (int epoch = 0; epoch < epochs; epoch++) {
        List<int[]> batches = train.shuffled(order, batch);
        loop.epoch(
            batches,
            batches.size(),
            chosen -> {
              ShapeDrawings.Batch pictures = train.batch(demo.device(), chosen);
              return Losses.crossEntropy(net.forward(pictures.images()), pictures.masks());
            });
      }
      net.eval();
      double[] overlap = overlap(demo, net, test);
      double mean = Arrays.stream(overlap).average().orElse(Double.NaN);
      demo.say(
          "Test      intersection over union %.3f: paper %.3f, disc %.3f, square %.3f, triangle"
              + " %.3f",
          mean, overlap[0], overlap[1], overlap[2], overlap[3]);

      demo.save(net);
      demo.draw(
          "loss.png", file -> LossPlot.write(file, "U-net", "cross entropy", loop.stepLosses()));
      demo.draw("unet.png", file -> picture(demo, net, test).write(file));
      JsonObject figures = demo.figures();
      figures.addProperty("epochs", epochs);
      figures.addProperty("images", images);
      figures.add("loss", loop.asJson());
      figures.addProperty("iou", mean);
      JsonObject kinds = new JsonObject();
      for (int i = 0; i < KINDS.length; i++) {
        kinds.addProperty(KINDS[i], overlap[i]);
      }
      figures.add("iou_of", kinds);
      demo.finish(figures);
    }
    return 0;
  }

  private static int[] classes(Demo demo, UNet net, ShapeDrawings drawings, int... chosen) {
    try (Scope step = demo.device().scope();
        Tape.Pause pause = Tape.pause()) {
      return net.forward(drawings.batch(demo.device(), chosen).images()).argmax(1).toInts();
    }
  }

  /**
   * For each class: the pixels that are of it and said to be, as a share of those that are of it or
   * said to be.
   */
  private static double[] overlap(Demo demo, UNet net, ShapeDrawings drawings) {
    long[] both = new long[ShapeDrawings.CLASSES];
    long[] either = new long[ShapeDrawings.CLASSES];
    int pixels = ShapeDrawings.SIDE * ShapeDrawings.SIDE;
    for (int from = 0; from < drawings.size(); from += 50) {
      int to = Math.min(drawings.size(), from + 50);
      int[] said = classes(demo, net, drawings, IntStream.range(from, to).toArray());
      for (int i = 0; i < said.length; i++) {
        int truth = drawings.masks()[from * pixels + i];
        either[truth]++;
        if (said[i] == truth) {
          both[truth]++;
        } else {
          either[said[i]]++;
        }
      }
    }
    double[] share = new double[both.length];
    for (int i = 0; i < share.length; i++) {
      share[i] = either[i] == 0 ? 1 : (double) both[i] / either[i];
    }
    return share;
  }

  private static ImageGrid picture(Demo demo, UNet net, ShapeDrawings drawings) {
    int shown = Math.min(SHOWN, drawings.size());
    int side = ShapeDrawings.SIDE;
    int pixels = shown * side * side;
    int[] said = classes(demo, net, drawings, IntStream.range(0, shown).toArray());
    return new ImageGrid(2)
        .row("picture", 1, side, side, Arrays.copyOf(drawings.images(), pixels))
        .row("truth", 3, side, side, coloured(Arrays.copyOf(drawings.masks(), pixels)))
        .row("the net", 3, side, side, coloured(said));
  }

  private static float[] coloured(int... classes) {
    int plane = ShapeDrawings.SIDE * ShapeDrawings.SIDE;
    float[] colours = new float[classes.length * 3];
    for (int i = 0; i < classes.length; i++) {
      for (int channel = 0; channel < 3; channel++) {
        int image = i / plane;
        colours[(image * 3 + channel) * plane + i % plane] = COLOURS[classes[i]][channel];
      }
    }
    return colours;
  }
}
