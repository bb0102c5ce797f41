package dev.kiln.examples.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.kiln.examples.CommandRun;
import dev.kiln.examples.Devices;
import dev.kiln.examples.EmptyCache;
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

/** Each demo from its command line to its last file, with little to learn from. */
class DemosTest implements EmptyCache {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"cpu", "opencl:0"})
  void anAutoencoderDrawsWhatItHasNotSeenBetterThanTheMeanImageWould(String device)
      throws IOException {
    JsonObject figures =
        run("autoencoder", device, "--limit=300", "--batch=20", "--epochs=6", "--lr=3e-3");

    assertLossFalls(figures);
    assertPicture("autoencoder.png");
    // the variance of a pixel, which the best constant image leaves, is 0.067
    assertThat(figures.get("test_error").getAsDouble()).isBetween(0.001, 0.062);
  }

  @ParameterizedTest
  @CsvSource({"cpu", "opencl:0"})
  void superResolutionBeatsInterpolation(String device) throws IOException {
    JsonObject figures = run("superres", device, "--limit=200", "--epochs=2", "--batch=10");

    assertLossFalls(figures);
    assertPicture("superres.png");
    double bilinear = figures.get("psnr_bilinear").getAsDouble();
    assertThat(bilinear).isBetween(15.0, 30.0);
    assertThat(figures.get("psnr").getAsDouble()).isGreaterThan(bilinear + 0.2);
  }

  @ParameterizedTest
  @CsvSource({"cpu", "opencl:0"})
  void theUNetTellsShapesFromPaper(String device) throws IOException {
    JsonObject figures =
        run("unet", device, "--images=100", "--epochs=3", "--batch=5", "--lr=1e-2");

    assertLossFalls(figures);
    assertPicture("unet.png");
    JsonObject each = figures.getAsJsonObject("iou_of");
    assertThat(each.keySet()).containsExactlyInAnyOrder("paper", "disc", "square", "triangle");
    assertThat(each.get("paper").getAsDouble()).isBetween(0.7, 1.0);
    assertThat(figures.get("iou").getAsDouble()).isBetween(0.2, 1.0);
  }

  @ParameterizedTest
  @CsvSource({"cpu", "opencl:0"})
  void aVariationalAutoencoderTellsItsBound(String device) throws IOException {
    JsonObject figures = run("vae", device, "--limit=200", "--batch=20", "--epochs=4");

    assertLossFalls(figures);
    assertPicture("vae.png");
    double reconstruction = figures.get("test_reconstruction").getAsDouble();
    double divergence = figures.get("test_divergence").getAsDouble();
    assertThat(divergence).isBetween(0.1, 50.0);
    // pixels taken for coins would cost log 2 each
    assertThat(reconstruction).isBetween(80.0, 300.0).isLessThan(28 * 28 * Math.log(2));
    assertThat(figures.get("test_elbo").getAsDouble()).isEqualTo(-reconstruction - divergence);
  }

  @ParameterizedTest
  @CsvSource({"cpu", "opencl:0"})
  void aGanJudgesAndIsJudged(String device) throws IOException {
    JsonObject figures = run("gan", device, "--limit=160", "--batch=16", "--epochs=1", "--lr=2e-3");

    List<Double> judged = numbers(figures.getAsJsonArray("discriminator_loss"));
    assertThat(judged).hasSize(10);
    assertThat(judged.get(9)).isLessThan(0.8 * judged.get(0));
    assertThat(numbers(figures.getAsJsonArray("generator_loss"))).hasSize(10);
    assertPicture("gan.png");
    assertThat(figures.get("discriminator_accuracy").getAsDouble()).isBetween(0.5, 1.0);
    assertThat(figures.get("distance").getAsDouble()).isBetween(0.5, 5.0);
    assertThat(figures.get("variety").getAsDouble()).isBetween(0.0, 2.0);
  }

  @Test
  void aGanOnOneImageSaysWhyThereIsNoVariety() throws IOException {
    CommandRun run =
        CommandRun.of("gan", "--device=cpu", "--out=" + folder, "--limit=1", "--epochs=1");

    assertThat(run.status()).isZero();
    assertThat(run.out()).doesNotContain("NaN").contains("variety: two test digits or more have");
  }

  @ParameterizedTest
  @CsvSource({"cpu", "opencl:0"})
  void aPixelRnnForetellsPixelsBetterThanACoin(String device) throws IOException {
    JsonObject figures =
        run(
            "pixelrnn",
            device,
            "--limit=150",
            "--batch=10",
            "--epochs=4",
            "--hidden=16",
            "--lr=1e-2");

    assertLossFalls(figures);
    assertPicture("pixelrnn.png");
    // who knows only that an eighth of the pixels are white needs 0.55 bits for each
    assertThat(figures.get("test_bits_per_pixel").getAsDouble()).isBetween(0.1, 0.5);
  }

  @Test
  void aDemoGoesOnFromTheWeightsThatItSaved() throws IOException {
    String[] options = {"--limit=200", "--epochs=1", "--batch=20"};
    JsonObject first = run("autoencoder", "cpu", options);
    List<String> more = new ArrayList<>(List.of(options));
    more.add("--load=" + folder.resolve("out/weights.safetensors"));
    JsonObject second = run("autoencoder", "cpu", more.toArray(new String[0]));

    assertThat(second.get("test_error").getAsDouble())
        .isLessThan(first.get("test_error").getAsDouble());
    assertThat(losses(second).get(0)).isLessThan(losses(first).get(0));
  }

  @Test
  void theSameSeedGivesTheSameWeightsToTheBit() throws IOException {
    run("unet", "cpu", "--images=20", "--epochs=1", "--seed=3");
    byte[] first = Files.readAllBytes(folder.resolve("out/weights.safetensors"));
    run("unet", "cpu", "--images=20", "--epochs=1", "--seed=3");

    assertThat(Files.readAllBytes(folder.resolve("out/weights.safetensors"))).isEqualTo(first);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "autoencoder --code=0",
        "autoencoder --limit=0",
        "unet --images=0",
        "unet --images=2147483647",
        "pixelrnn --hidden=0"
      })
  void anOptionThatMakesNoSenseIsAUsageError(String line) {
    String[] arguments = (line + " --device=cpu --out=" + folder.resolve("out")).split(" ");
    CommandRun run = CommandRun.of(arguments);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .contains(arguments[1].replaceAll("=.*", ""))
        .contains("not " + arguments[1].replaceAll(".*=", ""));
  }

  private JsonObject run(String demo, String device, String... options) throws IOException {
    Devices.require(device);
    List<String> line = new ArrayList<>(List.of(demo, "--device=" + device));
    line.add("--out=" + folder.resolve("out"));
    line.add("--json=" + folder.resolve("figures.json"));
    line.addAll(List.of(options));
    CommandRun run = CommandRun.of(line.toArray(new String[0]));
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("Test      ");
    assertThat(folder.resolve("out/weights.safetensors")).isNotEmptyFile();
    String json = Files.readString(folder.resolve("figures.json"));
    JsonObject figures = JsonParser.parseString(json).getAsJsonObject();
    assertThat(figures.get("device").getAsString()).isEqualTo(device);
    return figures;
  }

  private static void assertLossFalls(JsonObject figures) {
    List<Double> losses = losses(figures);
    assertThat(losses).hasSizeGreaterThan(1);
    assertThat(losses.get(losses.size() - 1)).isLessThan(0.95 * losses.get(0));
  }

  private static List<Double> losses(JsonObject figures) {
    return numbers(figures.getAsJsonArray("loss"));
  }

  private static List<Double> numbers(JsonArray losses) {
    return losses.asList().stream().map(loss -> loss.getAsDouble()).toList();
  }

  private void assertPicture(String name) throws IOException {
    assertThat(ImageIO.read(folder.resolve("out").resolve(name).toFile()).getWidth())
        .isGreaterThan(300);
  }
}
