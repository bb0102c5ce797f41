package dev.kiln.examples.regression;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.kiln.examples.CommandRun;
import dev.kiln.examples.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegressionTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "opencl:0"})
  void everyOptimizerComesCloserToTheCurve(String device) throws IOException {
    Devices.require(device);
    JsonObject figures = figures(device, "--epochs=15");

    List<String> names = new ArrayList<>();
    for (JsonElement each : figures.getAsJsonArray("results")) {
      JsonObject result = each.getAsJsonObject();
      names.add(result.get("optimizer").getAsString());
      double first = result.get("first_loss").getAsDouble();
      assertThat(result.get("loss").getAsDouble()).isBetween(0.005, first / 2);
    }
    assertThat(names)
        .containsExactly("sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam");
    for (String picture : List.of("fits.png", "loss.png")) {
      assertThat(ImageIO.read(folder.resolve(picture).toFile()).getWidth()).isEqualTo(1000);
    }
  }

  @Test
  void theSameSeedGivesTheSameFigures() throws IOException {
    assertThat(figures("cpu", "--epochs=2", "--seed=5"))
        .isEqualTo(figures("cpu", "--epochs=2", "--seed=5"))
        .isNotEqualTo(figures("cpu", "--epochs=2", "--seed=6"));
  }

  @Test
  void goesOnFromTheWeightsThatItSaved() throws IOException {
    JsonObject before = figures("cpu", "--epochs=10");
    String weights = "--load=" + folder.resolve("weights.safetensors");
    JsonObject after = figures("cpu", "--epochs=1", weights);
    assertThat(adam(after).get("first_loss").getAsDouble())
        .isLessThan(adam(before).get("first_loss").getAsDouble() / 2);
  }

  private static JsonObject adam(JsonObject figures) {
    return figures.getAsJsonArray("results").get(6).getAsJsonObject();
  }

  @Test
  void saysWhatIsWrongWithItsOptions() {
    CommandRun run = CommandRun.of("regression", "--epochs=0");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("--epochs is a number from 1 to 1000000, not 0");
  }

  private JsonObject figures(String device, String... more) throws IOException {
    Path json = folder.resolve("figures.json");
    List<String> arguments = new ArrayList<>(List.of("regression", "--device=" + device));
    arguments.add("--out=" + folder);
    arguments.add("--json=" + json);
    arguments.addAll(List.of(more));
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    return JsonParser.parseString(Files.readString(json)).getAsJsonObject();
  }
}
