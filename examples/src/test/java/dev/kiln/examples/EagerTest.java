package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Demos leave the same weights behind, bit for bit, whether they record their steps or not. */
class EagerTest implements EmptyCache {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"cpu", "opencl:0", "cuda:0"})
  void hihello(String device) throws IOException {
    same("hihello", "--epochs=20", "--device=" + device);
  }

  /** Three epochs of batches of which the last is smaller; dropout, a schedule for each batch. */
  @ParameterizedTest
  @CsvSource({"cnn, cpu", "cnn, opencl:0", "cnn, cuda:0", "squeezenet, cpu", "densenet, cpu"})
  void mnist(String model, String device) throws IOException {
    same(
        "mnist",
        "--model=" + model,
        "--limit=150",
        "--epochs=3",
        "--schedule=tail",
        "--device=" + device);
  }

  /** Large nets, on few images: sums of branches, squeezed channels, many layers. */
  @ParameterizedTest
  @CsvSource({"vgg, cuda:0", "inception-resnet, cuda:0", "senet, opencl:0"})
  void largeNets(String model, String device) throws IOException {
    same(
        "mnist", "--model=" + model, "--limit=10", "--batch=8", "--epochs=4", "--device=" + device);
  }

  @ParameterizedTest
  @CsvSource({"lstm, cpu", "gru, cpu", "lstm, opencl:0", "rnn, cuda:0"})
  void charlm(String cell, String device) throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "the whale swims\n".repeat(50));
    same(
        "charlm",
        "--text=" + text,
        "--cell=" + cell,
        "--hidden=16",
        "--layers=2",
        "--seq=20",
        "--batch=4",
        "--epochs=3",
        "--device=" + device);
  }

  @Test
  void longseq() throws IOException {
    same("longseq", "--epochs=10", "--device=cpu");
  }

  private void same(String... command) throws IOException {
    String device = command[command.length - 1].substring("--device=".length());
    if (!device.equals("cpu")) {
      Devices.require(device);
    }
    byte[] recorded = weights("recorded", List.of(), command);
    byte[] eager = weights("eager", List.of("--eager"), command);
    assertThat(recorded).isEqualTo(eager);
  }

  private byte[] weights(String name, List<String> more, String... command) throws IOException {
    Path out = folder.resolve(name);
    List<String> words = new ArrayList<>();
    Collections.addAll(words, command);
    words.addAll(more);
    words.add("--out=" + out);
    assertThat(CommandRun.of(words.toArray(new String[0])).err()).isEmpty();
    return Files.readAllBytes(out.resolve("weights.safetensors"));
  }
}
