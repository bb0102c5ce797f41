package dev.kiln.examples.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.kiln.examples.CommandRun;
import dev.kiln.examples.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A demo that ran to its end: what it printed, its figures, and the folder with its files. */
record DemoRun(int status, String out, JsonObject figures, Path folder) {
  /**
   * Runs one on a device.
   *
   * @param folder for its files, below which each run has a place of its own
   */
  static DemoRun of(Path folder, String device, String command, String... options)
      throws IOException {
    Devices.require(device);
    Path own = Files.createTempDirectory(folder, command);
    Path json = own.resolve("figures.json");
    List<String> line = new ArrayList<>(List.of(command, "--device=" + device));
    line.add("--out=" + own);
    line.add("--json=" + json);
    line.addAll(Arrays.asList(options));
    CommandRun run = CommandRun.of(line.toArray(new String[0]));
    assertThat(run.err()).isEmpty();
    assertThat(json).as(run.out()).exists();
    JsonObject figures = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
    return new DemoRun(run.status(), run.out(), figures, own);
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  double number(String figure) {
    return figures.get(figure).getAsDouble();
  }

  String text(String figure) {
    return figures.get(figure).getAsString();
  }

  boolean flag(String figure) {
    return figures.get(figure).getAsBoolean();
  }
}
