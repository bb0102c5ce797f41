package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Module;
import dev.kiln.nn.Sequential;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class DemoTest {
  @Command(name = "thing")
  private static final class Thing implements Runnable {
    @Mixin private DemoOptions options;
    @Mixin private TrainingOptions training = new TrainingOptions(3, 32, 0.01);

    @Override
    public void run() {}
  }

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final Thing thing = new Thing();

  private Demo open(String... arguments) throws IOException {
    new CommandLine(thing).setOut(new PrintWriter(out)).execute(arguments);
    return thing.options.open();
  }

  @Test
  void theSeedIs0AndTheDefaultsOfTrainingAreTheDemosOwn() throws IOException {
    try (Demo demo = open("--device=cpu", "--out=" + folder, "--epochs=5")) {
      assertThat(demo.seed()).isZero();
      assertThat(thing.training.epochs()).isEqualTo(5);
      assertThat(thing.training.batch()).isEqualTo(32);
      assertThat(thing.training.lr()).isEqualTo(0.01);
    }
    assertThat(new CommandLine(new Thing()).getUsageMessage()).contains("(default: 32)");
  }

  @Test
  void aTrainingOptionThatMakesNoSenseIsNamed() throws IOException {
    try (Demo demo = open("--device=cpu", "--out=" + folder, "--epochs=0", "--lr=-1")) {
      assertThatThrownBy(() -> thing.training.epochs()).hasMessageContaining("--epochs");
      assertThatThrownBy(() -> thing.training.lr()).hasMessageContaining("--lr is above 0");
    }
  }

  @Test
  void whatOneRunSavesTheNextGoesOnFrom() throws IOException {
    float[] saved;
    try (Demo demo = open("--device=cpu", "--out=" + folder, "--seed=7")) {
      Module net = demo.place(new Linear(3, 2));
      saved = net.parameters().get(0).toFloats();
      demo.save(net);
      demo.finish(demo.figures());
    }
    Path weights = folder.resolve("weights.safetensors");
    try (Demo demo = open("--device=cpu", "--out=" + folder, "--seed=8", "--load=" + weights)) {
      assertThat(demo.place(new Linear(3, 2)).parameters().get(0).toFloats()).isEqualTo(saved);
      assertThatThrownBy(() -> demo.place(new Linear(4, 2)))
          .hasMessageStartingWith(weights + ": load: the state does not fit the module");
    }
    assertThat(out.toString())
        .contains("Device    cpu (")
        .contains("Wrote     weights.safetensors to " + folder)
        .contains("Weights   " + weights);
  }

  @Test
  void weightsOfAnotherNetAreRefusedWithTheFirstFewDifferences() throws IOException {
    Module large = Sequential.of(new Linear(2, 2), new Linear(2, 2), new Linear(2, 2));
    try (Demo demo = open("--device=cpu", "--out=" + folder)) {
      demo.save(demo.place(new Linear(3, 2)));
    }
    String weights = folder.resolve("weights.safetensors").toString();
    try (Demo demo = open("--device=cpu", "--out=" + folder, "--load=" + weights)) {
      assertThatThrownBy(() -> demo.place(large))
          .hasMessageContaining("missing 0.weight [2, 2]; missing 0.bias [2]")
          .hasMessageEndingWith("; and 4 more");
    }
    try (Demo demo = open("--device=cpu", "--out=" + folder, "--load=" + folder)) {
      assertThatThrownBy(() -> demo.place(new Linear(3, 2)))
          .hasMessage(folder + ": is a folder, not a safetensors file");
    }
  }

  @Test
  void aJsonFileThatIsAFolderIsRefusedBeforeTheWork() {
    assertThatThrownBy(() -> open("--device=cpu", "--out=" + folder, "--json=" + folder))
        .hasMessage("--json names a file to write, and " + folder + " is a folder");
  }

  @Test
  void whatIsNoNumberIsNullInTheJson() throws IOException {
    Path json = folder.resolve("figures.json");
    try (Demo demo = open("--device=cpu", "--out=" + folder, "--json=" + json)) {
      JsonArray losses = new JsonArray();
      losses.add(1.5f);
      losses.add(Float.NaN);
      JsonObject figures = demo.figures();
      figures.add("loss", losses);
      figures.addProperty("best", Double.POSITIVE_INFINITY);
      demo.finish(figures);
    }
    JsonObject read = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
    assertThat(read.get("loss").toString()).isEqualTo("[1.5,null]");
    assertThat(read.get("best").isJsonNull()).isTrue();
    assertThat(read.get("seed").getAsInt()).isZero();
  }

  @Test
  void aPictureThatBreaksOffLeavesTheOneBefore() throws IOException {
    try (Demo demo = open("--device=cpu", "--out=" + folder)) {
      demo.draw("a.png", file -> Files.writeString(file, "whole"));
      assertThatThrownBy(
              () ->
                  demo.draw(
                      "a.png",
                      file -> {
                        Files.writeString(file, "ha");
                        throw new IOException("the disk is full");
                      }))
          .hasMessage("the disk is full");
    }
    assertThat(folder.resolve("a.png")).hasContent("whole");
    assertThat(folder).isDirectoryNotContaining("glob:**part*");
  }

  @Test
  void aJavaThatCannotDrawLeavesOutThePictureAndGoesOn() throws IOException {
    StringWriter err = new StringWriter();
    CommandLine command =
        new CommandLine(thing).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    command.execute("--device=cpu", "--out=" + folder);
    try (Demo demo = thing.options.open()) {
      demo.draw(
          "a.png",
          file -> {
            throw new UnsatisfiedLinkError("no fonts");
          });
      demo.draw("b.png", file -> Files.createFile(file));
      demo.finish(demo.figures());
    }
    assertThat(err.toString()).contains("No a.png: this Java cannot draw");
    assertThat(out.toString()).contains("Wrote     b.png to " + folder);
  }
}
