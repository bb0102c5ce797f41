package dev.kiln.examples.image;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.data.Batch;
import dev.kiln.data.DataLoader;
import dev.kiln.data.Mnist;
import dev.kiln.examples.Demo;
import dev.kiln.examples.DemoOptions;
import dev.kiln.examples.ImageGrid;
import dev.kiln.examples.LossLog;
import dev.kiln.examples.LossPlot;
import dev.kiln.examples.Progress;
import dev.kiln.examples.TrainingOptions;
import dev.kiln.nn.Losses;
import dev.kiln.ops.Reduction;
import dev.kiln.optim.Adam;
import dev.kiln.optim.Optimizer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kiln gan}: one net draws digits, another judges whether somebody wrote them. */
@Command(
    name = "gan",
    description =
        "Learns to draw digits against a net that learns to tell them from written ones: gan.png"
            + " shows what it draws. Says how far its digits are from written ones, and how they"
            + " differ among each other.")
public final class GanCommand implements Callable<Integer> {
  private static final int SHOWN = 60;
  private static final int COLUMNS = 12;

  /** The first stream of codes, away from those of weights and shuffles. */
  private static final long DRAWS = 1L << 32;

  @Mixin private DemoOptions options;
  @Mixin private DigitOptions data;
  @Mixin private TrainingOptions training = new TrainingOptions(15, 64, 1e-3);

  private final LossLog judged = new LossLog();
  private final LossLog drawn = new LossLog();

  @Override
  public Integer call() throws IOException {
    int epochs = training.epochs();
    try (Demo demo = options.open()) {
      Mnist digits = data.open(demo);
      Gan net = demo.place(new Gan());
      demo.say(
          "Model     generator %,d parameters, discriminator %,d",
          Demo.parameters(net.draughtsman()), Demo.parameters(net.judge()));
      DataLoader batches =
          DataLoader.of(demo.device(), digits.train(), training.batch()).shuffled(demo.seed());
      // a long memory of gradients lets two players circle around each other
      Optimizer judge = new Adam(net.judge().parameters(), training.lr()).betas(0.5, 0.999);
      Optimizer draw = new Adam(net.draughtsman().parameters(), training.lr()).betas(0.5, 0.999);
      Generator codes = new Generator(demo.seed(), DRAWS);
      for (int epoch = 1; epoch <= epochs; epoch++) {
        epoch(demo, "Epoch " + epoch + "/" + epochs, net, batches, judge, draw, codes);
      }

      net.eval();
      int n = Math.min(500, digits.test().size());
      Samples.Verdict verdict =
          Samples.compare(
              images(demo.device(), net, new Generator(demo.seed(), DRAWS), n),
              Samples.of(digits.test().take(n)),
              Samples.of(digits.train().take(2_000)));
      double right = judgedRight(demo, net, digits, n);
      demo.say("Test      the discriminator is right about %.1f %% of the images", 100 * right);
      demo.say(
          "          distance to the nearest training digit: %.2f times that of test digits",
          verdict.distance());
      if (n == 1) {
        demo.say("          variety: two test digits or more have one, and --limit leaves one");
      } else {
        demo.say("          variety: %.2f times that of test digits", verdict.variety());
      }

      demo.save(net);
      Map<String, List<Float>> losses = new LinkedHashMap<>();
      losses.put("discriminator", judged.values());
      losses.put("generator", drawn.values());
      demo.draw(
          "loss.png", file -> LossPlot.write(file, "Two players", "cross entropy", false, losses));
      demo.draw("gan.png", file -> picture(demo, net).write(file));
      JsonObject figures = demo.figures();
      figures.addProperty("epochs", epochs);
      figures.add("discriminator_loss", json(judged));
      figures.add("generator_loss", json(drawn));
      figures.addProperty("discriminator_accuracy", right);
      figures.addProperty("distance", verdict.distance());
      figures.addProperty("variety", verdict.variety());
      demo.finish(figures);
    }
    return 0;
  }

  private void epoch(
      Demo demo,
      String title,
      Gan net,
      DataLoader batches,
      Optimizer judge,
      Optimizer draw,
      Generator codes) {
    long begin = System.nanoTime();
    try (Progress progress = demo.progress(title, batches.size(), "batches")) {
      int done = 0;
      for (Batch batch : batches) {
        try (Scope step = demo.device().scope()) {
          int n = batch.size();
          Tensor images = net.draughtsman().forward(codes(demo.device(), codes, n));
          judgeStep(step, net, judge, batch.input(), images.detach());
          drawStep(step, net, draw, images);
        }
        progress.at(++done, judged.note("%.3f / ") + drawn.note("%.3f"));
      }
    }
    judged.readAll();
    drawn.readAll();
    float discriminator = judged.latest();
    demo.say(
        "%s discriminator %.3f, generator %.3f, %.1f s",
        title, discriminator, drawn.latest(), (System.nanoTime() - begin) * 1e-9);
    if (Float.isNaN(discriminator)) {
      throw new ArithmeticException("the loss is no number any more; a smaller --lr may help");
    }
  }

  /** The discriminator learns to say 1 to what is written and 0 to what is drawn. */
  private void judgeStep(Scope step, Gan net, Optimizer judge, Tensor written, Tensor images) {
    int n = written.dim(0);
    Tensor toWritten = net.judge().forward(written);
    Tensor toDrawn = net.judge().forward(images);
    Tensor loss =
        Losses.bceWithLogits(
                toWritten, Tensor.ones(written.device(), n, 1), null, null, Reduction.SUM)
            .add(
                Losses.bceWithLogits(
                    toDrawn, Tensor.zeros(written.device(), n, 1), null, null, Reduction.SUM))
            .div(2 * n);
    judge.zeroGrad();
    loss.backward();
    judge.step();
    judged.add(step, loss);
  }

  /** The generator learns to draw what the discriminator says 1 to. */
  private void drawStep(Scope step, Gan net, Optimizer draw, Tensor images) {
    int n = images.dim(0);
    // the judge learns nothing from this: its gradients would be computed for nothing
    net.judge().parameters().forEach(parameter -> parameter.requiresGrad(false));
    Tensor verdict = net.judge().forward(images);
    Tensor loss =
        Losses.bceWithLogits(verdict, Tensor.ones(images.device(), n, 1), null, null, Reduction.SUM)
            .div(n);
    draw.zeroGrad();
    loss.backward();
    draw.step();
    net.judge().parameters().forEach(parameter -> parameter.requiresGrad(true));
    drawn.add(step, loss);
  }

  private static Tensor codes(Device device, Generator numbers, int n) {
    return Tensor.of(device, numbers.normal(n * Gan.CODE, 0, 1), n, Gan.CODE);
  }

  private static float[] images(Device device, Gan net, Generator numbers, int n) {
    try (Scope step = device.scope();
        Tape.Pause pause = Tape.pause()) {
      return net.draughtsman().forward(codes(device, numbers, n)).toFloats();
    }
  }

  /** Of {@code n} test images and as many drawn ones. */
  private static double judgedRight(Demo demo, Gan net, Mnist digits, int n) {
    Device device = demo.device();
    try (Scope step = device.scope();
        Tape.Pause pause = Tape.pause()) {
      Tensor written = DataLoader.of(device, digits.test(), n).iterator().next().input();
      Tensor images =
          net.draughtsman().forward(codes(device, new Generator(demo.seed(), DRAWS), n));
      int right = 0;
      for (float logit : net.judge().forward(written).toFloats()) {
        right += logit > 0 ? 1 : 0;
      }
      for (float logit : net.judge().forward(images).toFloats()) {
        right += logit > 0 ? 0 : 1;
      }
      return right / (2.0 * n);
    }
  }

  private static JsonArray json(LossLog log) {
    JsonArray losses = new JsonArray();
    log.values().forEach(losses::add);
    return losses;
  }

  private static ImageGrid picture(Demo demo, Gan net) {
    try (Scope step = demo.device().scope();
        Tape.Pause pause = Tape.pause()) {
      Generator numbers = new Generator(demo.seed(), DRAWS);
      Tensor images = net.draughtsman().forward(codes(demo.device(), numbers, SHOWN));
      return new ImageGrid(2).rows(COLUMNS, images);
    }
  }
}
