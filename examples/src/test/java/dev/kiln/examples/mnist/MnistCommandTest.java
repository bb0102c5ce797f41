package dev.kiln.examples.mnist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.kiln.examples.CommandRun;
import dev.kiln.examples.Devices;
import dev.kiln.examples.EmptyCache;
import dev.kiln.examples.ResourceFolder;
import dev.kiln.io.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MnistCommandTest implements EmptyCache {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn"})
  void theSameSeedGivesTheSameBitsTwice(String model) throws IOException {
    JsonObject first = train("first", model, "--seed=7");
    JsonObject again = train("again", model, "--seed=7");

    assertThat(bytes("again", "weights.safetensors"))
        .isEqualTo(bytes("first", "weights.safetensors"));
    assertThat(bytes("again", "losses.csv")).isEqualTo(bytes("first", "losses.csv"));
    assertThat(again.get("loss")).isEqualTo(first.get("loss"));
  }

  @Test
  void anotherSeedGivesOtherNumbers() throws IOException {
    JsonObject first = train("first", "mlp", "--seed=7");
    JsonObject other = train("other", "mlp", "--seed=8");

    assertThat(bytes("other", "weights.safetensors"))
        .isNotEqualTo(bytes("first", "weights.safetensors"));
    assertThat(other.get("loss")).isNotEqualTo(first.get("loss"));
  }

  @ParameterizedTest
  @CsvSource({"mlp, opencl:0", "cnn, opencl:0", "mlp, cuda:0", "cnn, cuda:0"})
  void everyDeviceLearnsAsTheCpuDoesAndRepeatsItselfToTheBit(String model, String device)
      throws IOException {
    Devices.require(device);
    train("cpu", model, "--seed=5");
    train("device", model, "--seed=5", "--device=" + device);
    train("again", model, "--seed=5", "--device=" + device);

    List<Double> losses = losses("device");
    assertThat(losses).hasSize(model.equals("mlp") ? 4 : 16);
    for (int i = 0; i < losses.size(); i++) {
      assertThat(losses.get(i)).as("step %d", i + 1).isCloseTo(losses("cpu").get(i), within(1e-3));
    }
    assertThat(bytes("again", "losses.csv")).isEqualTo(bytes("device", "losses.csv"));
    assertThat(bytes("again", "weights.safetensors"))
        .isEqualTo(bytes("device", "weights.safetensors"));
  }

  @Test
  void inceptionLearnsOnTheMockCudaDriverAsOnTheCpu() throws IOException {
    Devices.require("cuda:0");
    train("cpu", "inception", "--seed=5", "--limit=500");
    JsonObject json = train("cuda", "inception", "--seed=5", "--limit=500", "--device=cuda:0");

    assertThat(json.get("device").getAsString()).isEqualTo("cuda:0");
    List<Double> losses = losses("cuda");
    assertThat(losses).hasSize(8);
    for (int i = 0; i < losses.size(); i++) {
      assertThat(losses.get(i)).as("step %d", i + 1).isCloseTo(losses("cpu").get(i), within(1e-3));
    }
    assertThat(losses.get(7)).isLessThan(losses.get(0));
  }

  @Test
  void theJsonHasEveryFigure() throws IOException {
    JsonObject json = train("run", "mlp", "--seed=3", "--epochs=2");

    assertThat(json.keySet())
        .containsExactlyInAnyOrder(
            "model",
            "dataset",
            "optimizer",
            "device",
            "seed",
            "epochs",
            "train_images",
            "test_images",
            "loss",
            "test_accuracy",
            "train_seconds",
            "images_per_second",
            "first_step_seconds");
    assertThat(json.get("model").getAsString()).isEqualTo("mlp");
    assertThat(json.get("device").getAsString()).isEqualTo("cpu");
    assertThat(json.get("seed").getAsLong()).isEqualTo(3);
    assertThat(json.get("epochs").getAsInt()).isEqualTo(2);
    assertThat(json.get("train_images").getAsInt()).isEqualTo(1000);
    assertThat(json.get("test_images").getAsInt()).isEqualTo(1000);
    float begin = json.get("loss").getAsJsonArray().get(0).getAsFloat();
    float end = json.get("loss").getAsJsonArray().get(1).getAsFloat();
    assertThat(end).isBetween(0.1f, begin);
    assertThat(begin).isLessThan(2.31f);
    // a guess would be 0.1
    assertThat(json.get("test_accuracy").getAsDouble()).isBetween(0.5, 1.0);
    double seconds = json.get("train_seconds").getAsDouble();
    assertThat(json.get("first_step_seconds").getAsDouble()).isBetween(1e-5, seconds);
    assertThat(json.get("images_per_second").getAsDouble() * seconds).isBetween(1999.0, 2001.0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adamw"})
  void everyOptimizerLearnsWithItsOwnLearningRate(String optimizer) throws IOException {
    JsonObject json = train("run", "mlp", "--optimizer=" + optimizer, "--epochs=2", "--batch=50");

    assertThat(json.get("optimizer").getAsString()).isEqualTo(optimizer);
    assertThat(json.get("test_accuracy").getAsDouble()).isBetween(0.5, 1.0);
  }

  @Test
  void augmentationAndSmoothingChangeTheLossAndNotTheRepeatability() throws IOException {
    train("plain", "mlp");
    train("augmented", "mlp", "--augment");
    train("again", "mlp", "--augment");
    train("smoothed", "mlp", "--label-smoothing=0.1");

    assertThat(losses("augmented").get(0)).isNotEqualTo(losses("plain").get(0));
    assertThat(losses("smoothed").get(3)).isGreaterThan(losses("plain").get(3));
    assertThat(bytes("again", "weights.safetensors"))
        .isEqualTo(bytes("augmented", "weights.safetensors"));
  }

  @Test
  void trainingStopsEarlyAndKeepsTheBestWeights() throws IOException {
    // a rate so small that nothing gets better, or hardly
    JsonObject json = train("run", "mlp", "--early-stop=1", "--epochs=9", "--lr=1e-9");

    assertThat(json.get("epochs").getAsInt()).isBetween(2, 4);
    assertThat(json.get("train_images").getAsInt()).isEqualTo(900);
    assertThat(losses("run")).hasSize(4 * json.get("epochs").getAsInt());
  }

  @Test
  void aRunGoesOnFromTheWeightsOfAnother() throws IOException {
    train("first", "mlp");
    train("second", "mlp", "--load=" + folder.resolve("first/weights.safetensors"));

    assertThat(losses("second").get(0)).isLessThan(losses("first").get(0) - 0.5);
  }

  @Test
  void fashionIsReadFromItsFolderAndSaysWhereToGetItFrom() throws IOException {
    CommandRun absent = mnist("none", "mlp", "--dataset=fashion");
    if (absent.status() != 0) {
      assertThat(absent.err()).contains("kiln data fashion").contains("dataset-fashion-mnist");
    }
    Path subset = Files.createDirectory(folder.resolve("fashion"));
    try (ResourceFolder digits =
            ResourceFolder.around(MnistData.class, "train-images-idx3-ubyte.gz");
        var files = Files.list(digits.path())) {
      for (Path file : files.filter(name -> name.toString().endsWith(".gz")).toList()) {
        Files.copy(file, subset.resolve(file.getFileName().toString()));
      }
    }
    JsonObject json = train("run", "mlp", "--dataset=fashion", "--data=" + subset);

    assertThat(json.get("dataset").getAsString()).isEqualTo("fashion");
  }

  @Test
  void picturesLossesAndWeightsAreLeftInTheFolder() throws IOException {
    train("run", "cnn");

    for (String picture : new String[] {"loss.png", "confusion.png", "filters.png"}) {
      assertThat(ImageIO.read(folder.resolve("run").resolve(picture).toFile()).getWidth())
          .isGreaterThan(300);
    }
    assertThat(Files.readAllLines(folder.resolve("run/losses.csv"))).hasSize(1 + 16);
    assertThat(Safetensors.read(folder.resolve("run/weights.safetensors")))
        .containsKeys("block1.conv.weight", "block2.bn.running_var", "fc2.bias");
  }

  @Test
  void theRunSaysOnWhatAndWithWhat() {
    CommandRun run = mnist("run", "mlp");

    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("Device    cpu (")
        .contains("as asked")
        .contains("1,000 training and 1,000 test images: the subset that comes with Kiln")
        .contains("203,530 parameters")
        .contains("% of the test images recognized");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void aFolderWithoutMnistIsNamed() {
    CommandRun run = CommandRun.of("mnist", "--data", folder.toString());

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("kiln mnist: " + folder + ": has no train-images-idx3-ubyte")
        .hasLineCount(1);
  }

  @Test
  void aDeviceThatIsNotThereIsNamed() {
    CommandRun run = CommandRun.of("mnist", "--device", "opencl:99");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).startsWith("kiln mnist: ").contains("opencl:99").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--epochs=0",
        "--batch=-1",
        "--limit=0",
        "--lr=0",
        "--model=rnn",
        "--seed=x",
        "--optimizer=x",
        "--schedule=x",
        "--label-smoothing=2",
        "--early-stop=0"
      })
  void anOptionThatMakesNoSenseIsAUsageError(String option) {
    CommandRun run = CommandRun.of("mnist", option);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("kiln mnist: ")
        .contains(option.substring(0, option.indexOf('=')))
        .endsWith("See kiln mnist --help.\n");
  }

  private JsonObject train(String name, String model, String... options) throws IOException {
    CommandRun run = mnist(name, model, options);
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    return JsonParser.parseString(Files.readString(json(name))).getAsJsonObject();
  }

  private CommandRun mnist(String run, String model, String... options) {
    List<String> line = new ArrayList<>();
    line.add("mnist");
    line.add("--model=" + model);
    line.add("--out=" + folder.resolve(run));
    line.add("--json=" + json(run));
    line.addAll(List.of(options));
    for (String otherwise : List.of("--epochs=1", "--device=cpu", "--limit=1000")) {
      String name = otherwise.substring(0, otherwise.indexOf('=') + 1);
      if (line.stream().noneMatch(option -> option.startsWith(name))) {
        line.add(otherwise);
      }
    }
    return CommandRun.of(line.toArray(new String[0]));
  }

  private List<Double> losses(String name) throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve(name).resolve("losses.csv"));
    return lines.stream()
        .skip(1)
        .map(l -> Double.valueOf(l.substring(l.indexOf(',') + 1)))
        .toList();
  }

  private Path json(String name) {
    return folder.resolve(name + ".json");
  }

  private byte[] bytes(String name, String file) throws IOException {
    return Files.readAllBytes(folder.resolve(name).resolve(file));
  }
}
