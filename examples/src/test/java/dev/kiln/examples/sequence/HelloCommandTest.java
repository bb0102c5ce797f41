package dev.kiln.examples.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.kiln.io.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelloCommandTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "opencl:0", "cuda:0"})
  void theShapesAreThoseOfTheCourse(String device) throws IOException {
    DemoRun run = DemoRun.of(folder, device, "hello");

    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("h = 1 0 0 0")
        .contains("o = 0 0 0 1")
        .contains("input [1, 1, 4]  output [1, 1, 2]  h [1, 1, 2]")
        .contains("input [1, 5, 4]  output [1, 5, 2]  h [1, 1, 2]")
        .contains("input [3, 5, 4]  output [3, 5, 2]  h [1, 3, 2]  c [1, 3, 2]");
    JsonObject batch = run.figures().getAsJsonArray("gru").get(2).getAsJsonObject();
    assertThat(batch.get("output").toString()).isEqualTo("[3,5,2]");
    assertThat(batch.has("c")).isFalse();
    assertThat(run.figures().getAsJsonArray("lstm").get(0).getAsJsonObject().has("c")).isTrue();
    assertThat(Safetensors.read(run.file("weights.safetensors")))
        .containsKeys("rnn.weight_ih_l0", "lstm.bias_hh_l0", "gru.weight_hh_l0");
  }
}
