package dev.kiln.examples.mnist;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.kiln.data.DataLoader;
import dev.kiln.data.Dataset;
import dev.kiln.examples.Demo;
import dev.kiln.examples.DemoOptions;
import dev.kiln.examples.Limits;
import dev.kiln.examples.LossPlot;
import dev.kiln.examples.Progress;
import dev.kiln.examples.StepOptions;
import dev.kiln.io.HostTensor;
import dev.kiln.nn.Module;
import dev.kiln.optim.EarlyStopping;
import dev.kiln.optim.Optimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kiln mnist}: trains a network on handwritten digits. */
@Command(
    name = "mnist",
    description =
        "Trains a network to read handwritten digits, then shows how well it does: test accuracy,"
            + " loss.png, confusion.png, filters.png, losses.csv and weights.safetensors.")
public final class MnistCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DemoOptions options;
  @Mixin private Recipe recipe;
  @Mixin private StepOptions stepping = new StepOptions();

  @Option(
      names = "--model",
      paramLabel = "NET",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private MnistNet model = MnistNet.CNN;

  @Option(
      names = "--dataset",
      paramLabel = "mnist|fashion",
      description =
          "Handwritten digits, or Zalando's clothes, which are laid out like them and harder"
              + " (default: ${DEFAULT-VALUE}).")
  private ImageSet dataset = ImageSet.MNIST;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Use only the first N training and the first N test images.")
  private @Nullable Integer limit;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "A folder with the data set's four files, raw or with .gz (default: your cache; for MNIST"
              + " else the subset that comes with Kiln).")
  private @Nullable Path data;

  /** How many images it learns from. */
  private int trained;

  @Override
  public Integer call() throws IOException {
    recipe.check(model);
    if (limit != null) {
      Limits.within(spec, "--limit", 1, Integer.MAX_VALUE, limit);
    }
    MnistData chosen = MnistData.choose(dataset, data);
    MnistData images = limit == null ? chosen : chosen.take(limit);
    try (Demo demo = options.open()) {
      demo.say(
          "Data      %,d training and %,d test images: %s",
          images.images().train().size(), images.images().test().size(), images.origin());
      Module net = demo.place(model.build());
      demo.say(
          "Model     %s, %,d parameters; %s, batches of %d%s",
          model, Demo.parameters(net), recipe.optimizerName(), recipe.batch(model), recipe);
      Training training = train(demo, net, images.images().train());
      Confusion confusion = Confusion.of(demo.device(), net, images.images().test());
      demo.say(
          "Test      %.2f %% of the test images recognized (%,d of %,d)",
          100 * confusion.accuracy(), confusion.right(), confusion.total());
      write(demo, net, training, confusion);
      demo.finish(figures(demo, training, confusion));
    }
    return 0;
  }

  /** All epochs, or as many as it takes. */
  private Training train(Demo demo, Module net, Dataset images) {
    int rounds = recipe.epochs(model);
    int patience = recipe.patience();
    int held = patience == 0 ? 0 : Math.max(1, images.size() / 10);
    Dataset learnt = images.slice(0, images.size() - held);
    Dataset validation = images.slice(images.size() - held, images.size());
    if (learnt.size() == 0) {
      throw new ParameterException(
          spec.commandLine(), "--early-stop needs more images than " + images.size());
    }
    trained = learnt.size();
    DataLoader batches = recipe.batches(demo.device(), learnt, model, demo.seed());
    Optimizer optimizer = recipe.optimizer(net, model);
    Training training =
        new Training(
            demo.device(),
            net,
            batches,
            optimizer,
            recipe.course(optimizer, model, batches.size()),
            recipe.loss(),
            stepping);
    EarlyStopping stopping = new EarlyStopping(Math.max(1, patience)).largerIsBetter(true);
    Map<String, HostTensor> best = Map.of();
    for (int epoch = 1; epoch <= rounds && !stopping.isOver(); epoch++) {
      epoch(demo, training, epoch, rounds);
      if (patience > 0) {
        Confusion confusion = Confusion.of(demo.device(), net, validation);
        boolean better = stopping.step(confusion.accuracy());
        demo.say(
            "          %.2f %% of the images held back recognized%s",
            100 * confusion.accuracy(), better ? ", the best so far" : "");
        best = better ? net.stateDict() : best;
      }
    }
    if (!best.isEmpty()) {
      net.load(best);
    }
    return training;
  }

  private void epoch(Demo demo, Training training, int epoch, int rounds) {
    double before = training.seconds();
    try (Progress progress = demo.progress("Epoch " + epoch + "/" + rounds, trained, "images")) {
      training.epoch(progress);
    }
    double seconds = training.seconds() - before;
    float loss = training.epochLosses().get(epoch - 1);
    demo.say(
        "Epoch %d/%d loss %.4f, %.1f s, %,.0f images/s",
        epoch, rounds, loss, seconds, trained / seconds);
    if (Float.isNaN(loss)) {
      throw new ArithmeticException(
          "the loss is no number any more in epoch " + epoch + "; a smaller --lr may help");
    }
  }

  private void write(Demo demo, Module net, Training training, Confusion confusion)
      throws IOException {
    demo.save(net);
    demo.write("losses.csv", lines(training.stepLosses()));
    demo.draw(
        "loss.png",
        file ->
            LossPlot.write(
                file,
                dataset.title() + ": " + model + " on " + demo.device().info().id(),
                "cross entropy",
                training.stepLosses()));
    demo.draw("confusion.png", file -> ConfusionPlot.write(file, confusion, dataset.classes()));
    HostTensor first = net.stateDict().values().iterator().next();
    demo.draw("filters.png", file -> FilterPlot.write(file, first));
  }

  private static String lines(List<Float> losses) {
    StringBuilder lines = new StringBuilder("step,loss\n");
    for (int i = 0; i < losses.size(); i++) {
      lines.append(i + 1).append(',').append(losses.get(i)).append('\n');
    }
    return lines.toString();
  }

  private JsonObject figures(Demo demo, Training training, Confusion confusion) {
    JsonArray losses = new JsonArray();
    training.epochLosses().forEach(losses::add);
    JsonObject figures = demo.figures();
    figures.addProperty("model", model.toString());
    figures.addProperty("dataset", dataset.toString());
    figures.addProperty("optimizer", recipe.optimizerName());
    figures.addProperty("epochs", training.epochLosses().size());
    figures.addProperty("train_images", trained);
    figures.addProperty("test_images", confusion.total());
    figures.add("loss", losses);
    figures.addProperty("test_accuracy", confusion.accuracy());
    figures.addProperty("train_seconds", training.seconds());
    figures.addProperty("images_per_second", training.imagesPerSecond());
    figures.addProperty("first_step_seconds", training.firstStepSeconds());
    return figures;
  }
}
