package dev.kiln.examples.mnist;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.examples.DeviceChoice;
import dev.kiln.examples.JsonFile;
import dev.kiln.io.HostTensor;
import dev.kiln.io.Safetensors;
import dev.kiln.nn.Module;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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

  @Option(
      names = "--model",
      paramLabel = "mlp|cnn",
      description = "One hidden layer, or two convolutions (default: ${DEFAULT-VALUE}).")
  private MnistNet model = MnistNet.CNN;

  @Option(
      names = "--device",
      paramLabel = "D",
      description = "cpu, opencl:0, cuda:0, ...; see kiln devices (default: the best there is).")
  private @Nullable String deviceId;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "How often to go over all images (default: 6 for mlp, 2 for cnn).")
  private @Nullable Integer epochs;

  @Option(
      names = "--batch",
      paramLabel = "B",
      description = "Images a step (default: 256 for mlp, 64 for cnn).")
  private @Nullable Integer batch;

  @Option(
      names = "--lr",
      paramLabel = "R",
      description =
          "Adam's learning rate, which falls to nothing over the last third of the steps (default:"
              + " ${DEFAULT-VALUE}).")
  private double lr = 2e-3;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description =
          "Settles everything random; the same seed gives the same bits on the same"
              + " device (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

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

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the pictures and weights go (default: ${DEFAULT-VALUE}).")
  private Path folder = Path.of("out", "mnist");

  @Option(names = "--json", paramLabel = "FILE", description = "Write the figures to FILE.")
  private @Nullable Path json;

  @Override
  public Integer call() throws IOException {
    int rounds = positive("--epochs", epochs, model.epochs());
    int size = positive("--batch", batch, model.batch());
    int most = positive("--limit", limit, Integer.MAX_VALUE);
    if (!(lr > 0 && lr < Double.POSITIVE_INFINITY)) {
      throw new ParameterException(spec.commandLine(), "--lr is above 0, not " + lr);
    }
    MnistData mnist = MnistData.choose(data).take(most);
    Files.createDirectories(folder);
    JsonFile file = new JsonFile(json);
    DeviceChoice choice = DeviceChoice.of(deviceId);
    try (Device device = choice.device();
        Scope all = device.scope()) {
      say("Device    %s", choice);
      say(
          "Data      %,d training and %,d test images: %s",
          mnist.images().train().size(), mnist.images().test().size(), mnist.origin());
      Module net = model.build();
      Training training = new Training(device, net, mnist.images().train(), size, lr, rounds, seed);
      say("Model     %s, %,d parameters; batches of %d", model, parameters(net), size);
      for (int epoch = 1; epoch <= rounds; epoch++) {
        train(training, epoch, rounds, mnist.images().train().size());
      }
      Confusion confusion = Confusion.of(device, net, mnist.images().test());
      say(
          "Test      %.2f %% of the test images recognized (%,d of %,d)",
          100 * confusion.accuracy(), confusion.right(), confusion.total());
      write(net, training, confusion, device);
      file.write(figures(device, mnist, rounds, training, confusion));
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

  private void say(String format, Object... arguments) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(String.format(Locale.ROOT, format, arguments));
    out.flush();
  }

  private static int parameters(Module net) {
    return net.parameters().stream().mapToInt(tensor -> tensor.size()).sum();
  }

  private void train(Training training, int epoch, int rounds, int images) {
    double before = training.seconds();
    try (EpochProgress progress =
        new EpochProgress(
            spec.commandLine().getErr(),
            Boolean.getBoolean("kiln.terminal"),
            "Epoch " + epoch + "/" + rounds,
            images)) {
      training.epoch(progress);
    }
    double seconds = training.seconds() - before;
    float loss = training.epochLosses().get(epoch - 1);
    say(
        "Epoch %d/%d loss %.4f, %.1f s, %,.0f images/s",
        epoch, rounds, loss, seconds, images / seconds);
    if (Float.isNaN(loss)) {
      throw new ArithmeticException(
          "the loss is no number any more in epoch "
              + epoch
              + "; a smaller --lr than "
              + lr
              + " may help");
    }
  }

  private void write(Module net, Training training, Confusion confusion, Device device)
      throws IOException {
    Map<String, HostTensor> state = net.stateDict();
    Safetensors.write(folder.resolve("weights.safetensors"), state);
    writeLosses(folder.resolve("losses.csv"), training.stepLosses());
    try {
      LossPlot.write(
          folder.resolve("loss.png"),
          "MNIST: " + model + " on " + device.info().id(),
          training.stepLosses());
      ConfusionPlot.write(folder.resolve("confusion.png"), confusion);
      FilterPlot.write(folder.resolve("filters.png"), state.values().iterator().next());
      say(
          "Wrote     loss.png, confusion.png, filters.png, losses.csv and weights.safetensors to %s",
          folder);
    } catch (LinkageError | InternalError e) {
      // a Java without its desktop parts, or a system without a font
      say("Wrote     losses.csv and weights.safetensors to %s", folder);
      spec.commandLine().getErr().println("No pictures: this Java cannot draw (" + e + ")");
    }
  }

  private static void writeLosses(Path file, List<Float> losses) throws IOException {
    StringBuilder lines = new StringBuilder("step,loss\n");
    for (int i = 0; i < losses.size(); i++) {
      lines.append(i + 1).append(',').append(losses.get(i)).append('\n');
    }
    Files.writeString(file, lines);
  }

  private JsonObject figures(
      Device device, MnistData mnist, int rounds, Training training, Confusion confusion) {
    JsonArray losses = new JsonArray();
    training.epochLosses().forEach(losses::add);
    JsonObject figures = new JsonObject();
    figures.addProperty("model", model.toString());
    figures.addProperty("device", device.info().id());
    figures.addProperty("seed", seed);
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
