package dev.kiln.examples.sequence;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.kiln.examples.Demo;
import dev.kiln.examples.Limits;
import dev.kiln.examples.LossPlot;
import dev.kiln.nn.Module;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * How much data a demo makes itself, and how it ends: by what it gets right of what is held out.
 */
final class TaskOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description =
          "How much to learn from; a fifth as much more is held out (default: ${DEFAULT-VALUE}).")
  private int samples;

  /** With so many unless others are asked for. */
  TaskOptions(int samples) {
    this.samples = samples;
  }

  /**
   * @param all how many there are, those that are held out included
   */
  int samples(int all) {
    return Limits.within(spec, "--samples", 10, all / 6 * 5, samples);
  }

  /** How many samples no training sees. */
  int heldOut() {
    return samples / 5;
  }

  /**
   * Says what was learned, and leaves files and figures.
   *
   * @param accuracy on what was held out
   * @param enough the accuracy from which on it counts as learned
   * @param what is right or wrong: "characters tagged"
   * @return the exit status
   */
  int finish(
      Demo demo,
      Module net,
      SampleTraining learning,
      double accuracy,
      double enough,
      String what,
      JsonObject figures)
      throws IOException {
    boolean learned = accuracy >= enough;
    demo.say(
        "%s %.2f %% of the held-out %s right%s",
        learned ? "Learned  " : "Too little",
        100 * accuracy,
        what,
        learned ? "" : "; more --epochs or --samples may help");
    JsonArray losses = new JsonArray();
    learning.losses().forEach(losses::add);
    figures.addProperty("accuracy", accuracy);
    figures.addProperty("learned", learned);
    figures.add("loss", losses);
    demo.save(net);
    demo.draw(
        "loss.png",
        file -> LossPlot.write(file, "kiln " + spec.name(), "cross entropy", learning.losses()));
    demo.finish(figures);
    return learned ? 0 : 1;
  }
}
