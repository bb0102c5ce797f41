package dev.kiln.examples.mnist;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.kiln.examples.Demo;
import dev.kiln.examples.DemoOptions;
import dev.kiln.examples.LossPlot;
import dev.kiln.examples.Progress;
import dev.kiln.io.HostTensor;
import dev.kiln.nn.Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

  @Option(
      names = "--model",
      paramLabel = "NET",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private MnistNet model = MnistNet.CNN;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "How often to go over all images (default: 6 for mlp, else 2).")
  private @Nullable Integer epochs;

  @Option(
      names = "--batch",
      paramLabel = "B",
      description = "Images a step (default: 256 for mlp, else 64).")
  private @Nullable Integer batch;

  @Option(
      names = "--lr",
      paramLabel = "R",
      description =
          "Adam's learning rate, which falls to nothing over the last third of the steps (default:"
              + " 3e-4 for inception-resnet, else 2e-3).")
  private @Nullable Double lr;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Use only the first N training and the first N test images.")
  private @Nullable Integer limit;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "A folder with MNIST's four files, raw or with .gz (default: your cache, else"
              + " the subset that comes with Kiln).")
  private @Nullable Path data;

  @Override
  public Integer call() throws IOException {
    int rounds = positive("--epochs", epochs, model.epochs());
    int size = positive("--batch", batch, model.batch());
    int most = positive("--limit", limit, Integer.MAX_VALUE);
    double rate = lr == null ? model.lr() : lr;
    if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new ParameterException(spec.commandLine(), "--lr is above 0, not " + rate);
    }
    MnistData mnist = MnistData.choose(data).take(most);
    try (Demo demo = options.open()) {
      demo.say(
          "Data      %,d training and %,d test images: %s",
          mnist.images().train().size(), mnist.images().test().size(), mnist.origin());
      Module net = demo.place(model.build());
      Training training =
          new Training(demo.device(), net, mnist.images().train(), size, rate, rounds, demo.seed());
      demo.say("Model     %s, %,d parameters; batches of %d", model, Demo.parameters(net), size);
      for (int epoch = 1; epoch <= rounds; epoch++) {
        train(demo, training, epoch, rounds, mnist.images().train().size());
      }
      Confusion confusion = Confusion.of(demo.device(), net, mnist.images().test());
      demo.say(
          "Test      %.2f %% of the test images recognized (%,d of %,d)",
          100 * confusion.accuracy(), confusion.right(), confusion.total());
      write(demo, net, training, confusion);
      demo.finish(figures(demo, mnist, rounds, training, confusion));
    }
    return 0;
  }

  private int positive(String option, @Nullable Integer given, int otherwise) {
    if (given == null) {
      return otherwise;
    }
    if (given < 1) {
      throw new ParameterException(
          spec.commandLine(), option + " is a number from 1 on, not " + given);
    }
    return given;
  }

  private void train(Demo demo, Training training, int epoch, int rounds, int images) {
    double before = training.seconds();
    try (Progress progress = demo.progress("Epoch " + epoch + "/" + rounds, images, "images")) {
      training.epoch(progress);
    }
    double seconds = training.seconds() - before;
    float loss = training.epochLosses().get(epoch - 1);
    demo.say(
        "Epoch %d/%d loss %.4f, %.1f s, %,.0f images/s",
        epoch, rounds, loss, seconds, images / seconds);
    if (Float.isNaN(loss)) {
      throw new ArithmeticException(
          "the loss is no number any more in epoch " + epoch + "; a smaller --lr may help");
    }
  }

  private void write(Demo demo, Module net, Training training, Confusion confusion)
      throws IOException {
    demo.save(net);
    writeLosses(demo.file("losses.csv"), training.stepLosses());
    demo.draw(
        "loss.png",
        file ->
            LossPlot.write(
                file,
                "MNIST: " + model + " on " + demo.device().info().id(),
                "cross entropy",
                training.stepLosses()));
    demo.draw("confusion.png", file -> ConfusionPlot.write(file, confusion));
    HostTensor first = net.stateDict().values().iterator().next();
    demo.draw("filters.png", file -> FilterPlot.write(file, first));
  }

  private static void writeLosses(Path file, List<Float> losses) throws IOException {
    StringBuilder lines = new StringBuilder("step,loss\n");
    for (int i = 0; i < losses.size(); i++) {
      lines.append(i + 1).append(',').append(losses.get(i)).append('\n');
    }
    Files.writeString(file, lines);
  }

  private JsonObject figures(
      Demo demo, MnistData mnist, int rounds, Training training, Confusion confusion) {
    JsonArray losses = new JsonArray();
    training.epochLosses().forEach(losses::add);
    JsonObject figures = demo.figures();
    figures.addProperty("model", model.toString());
    figures.addProperty("epochs", rounds);
    figures.addProperty("train_images", mnist.images().train().size());
    figures.addProperty("test_images", confusion.total());
    figures.add("loss", losses);
    figures.addProperty("test_accuracy", confusion.accuracy());
    figures.addProperty("train_seconds", training.seconds());
    figures.addProperty("images_per_second", training.imagesPerSecond());
    figures.addProperty("first_step_seconds", training.firstStepSeconds());
    return figures;
  }
}
