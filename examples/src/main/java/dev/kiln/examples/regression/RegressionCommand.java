package dev.kiln.examples.regression;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.kiln.Generator;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.examples.Demo;
import dev.kiln.examples.DemoOptions;
import dev.kiln.examples.Limits;
import dev.kiln.examples.LossLog;
import dev.kiln.examples.LossPlot;
import dev.kiln.examples.Progress;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Module;
import dev.kiln.nn.Sequential;
import dev.kiln.nn.Tanh;
import dev.kiln.optim.Optimizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kiln regression}: one curve, seven optimizers. */
@Command(
    name = "regression",
    description =
        "Fits a noisy curve with SGD, momentum, Nesterov, Adagrad, Adadelta, RMSprop and Adam side"
            + " by side, from the same weights: fits.png shows the curves, loss.png how the losses"
            + " fall.")
public final class RegressionCommand implements Callable<Integer> {
  private static final int GRID = 201;

  @Spec private CommandSpec spec;
  @Mixin private DemoOptions options;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "How often to go over all points (default: ${DEFAULT-VALUE}).")
  private int epochs = 100;

  @Option(
      names = "--points",
      paramLabel = "N",
      description = "How many points to draw (default: ${DEFAULT-VALUE}).")
  private int points = 256;

  @Option(
      names = "--batch",
      paramLabel = "B",
      description = "Points a step (default: ${DEFAULT-VALUE}).")
  private int batch = 32;

  /** A net of every rival; all begin with the same weights. */
  private static final class Nets extends Module {
    private final Map<Rival, Module> nets = new EnumMap<>(Rival.class);

    Nets(Demo demo) {
      for (Rival rival : Rival.values()) {
        Module net =
            Sequential.of(
                new Linear(1, 32), new Tanh(), new Linear(32, 32), new Tanh(), new Linear(32, 1));
        nets.put(rival, child(rival.key(), net.to(demo.device(), new Generator(demo.seed()))));
      }
    }

    Module of(Rival rival) {
      return Objects.requireNonNull(nets.get(rival));
    }

    /** What every net says, side by side. */
    @Override
    public Tensor forward(Tensor x) {
      throw new UnsupportedOperationException("each net is asked on its own");
    }
  }

  @Override
  public Integer call() throws IOException {
    Limits.within(spec, "--epochs", 1, Limits.MANY, epochs);
    Limits.within(spec, "--points", 1, Integer.MAX_VALUE, points);
    Limits.within(spec, "--batch", 1, Limits.BATCH, batch);
    try (Demo demo = options.open()) {
      NoisyCurve curve = NoisyCurve.draw(points, demo.seed());
      demo.say(
          "Data      %,d points around x^3 + sin(4x) / 2, off by %.1f", points, NoisyCurve.NOISE);
      Nets nets = demo.place(new Nets(demo));
      demo.say(
          "Model     1-32-32-1 with tanh, %,d parameters", Demo.parameters(nets.of(Rival.SGD)));
      demo.say("");
      demo.say("Optimizer       lr    loss   distance from the curve");
      Map<String, List<Float>> losses = new LinkedHashMap<>();
      Map<String, float[]> fits = new LinkedHashMap<>();
      JsonObject figures = demo.figures();
      figures.addProperty("epochs", epochs);
      figures.addProperty("points", points);
      JsonArray results = new JsonArray();
      for (Rival rival : Rival.values()) {
        Module net = nets.of(rival);
        List<Float> steps = train(demo, rival, net, curve);
        float[] fit = answers(demo, net, NoisyCurve.grid(GRID));
        double loss = error(answers(demo, net, curve.x()), curve.y());
        double distance = Math.sqrt(error(fit, truth()));
        demo.say("%-10s  %6s  %.4f   %.4f", rival.title(), rival.lr(), loss, distance);
        losses.put(rival.title(), steps);
        fits.put(rival.title(), fit);
        JsonObject result = new JsonObject();
        result.addProperty("optimizer", rival.key());
        result.addProperty("lr", rival.lr());
        result.addProperty("first_loss", steps.get(0));
        result.addProperty("loss", loss);
        result.addProperty("distance", distance);
        results.add(result);
      }
      figures.add("results", results);
      demo.say("");
      demo.save(nets);
      demo.draw("fits.png", file -> FitPlot.write(file, curve, fits));
      demo.draw(
          "loss.png", file -> LossPlot.write(file, "Regression", "squared error", true, losses));
      demo.finish(figures);
    }
    return 0;
  }

  /** The loss of every step. */
  private List<Float> train(Demo demo, Rival rival, Module net, NoisyCurve curve) {
    Optimizer optimizer = rival.of(net.parameters());
    // the same batches for every rival
    Generator order = new Generator(demo.seed() + 1);
    LossLog log = new LossLog();
    try (Progress progress = demo.progress(rival.title(), epochs, "epochs")) {
      for (int epoch = 0; epoch < epochs; epoch++) {
        int[] all = order.permutation(curve.size());
        for (int from = 0; from < all.length; from += batch) {
          int[] chosen = Arrays.copyOfRange(all, from, Math.min(all.length, from + batch));
          try (Scope step = demo.device().scope()) {
            Tensor x = NoisyCurve.column(demo.device(), curve.x(), chosen);
            Tensor off = net.forward(x).sub(NoisyCurve.column(demo.device(), curve.y(), chosen));
            Tensor loss = off.mul(off).mean();
            optimizer.zeroGrad();
            loss.backward();
            optimizer.step();
            log.add(step, loss);
          }
        }
        progress.at(epoch + 1, "");
      }
    }
    log.readAll();
    return new ArrayList<>(log.values());
  }

  private static float[] answers(Demo demo, Module net, float[] x) {
    try (Scope step = demo.device().scope();
        Tape.Pause pause = Tape.pause()) {
      return net.forward(Tensor.of(demo.device(), x.clone(), x.length, 1)).toFloats();
    }
  }

  private static float[] truth() {
    float[] y = NoisyCurve.grid(GRID);
    for (int i = 0; i < y.length; i++) {
      y[i] = NoisyCurve.truth(y[i]);
    }
    return y;
  }

  private static double error(float[] said, float[] wanted) {
    double sum = 0;
    for (int i = 0; i < said.length; i++) {
      double off = said[i] - wanted[i];
      sum += off * off;
    }
    return sum / said.length;
  }
}
