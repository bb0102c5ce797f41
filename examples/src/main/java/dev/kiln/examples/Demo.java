package dev.kiln.examples;

import com.google.gson.JsonObject;
import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Scope;
import dev.kiln.io.Safetensors;
import dev.kiln.nn.Module;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * A demo while it runs: its device, what it says, and the files that it leaves behind.
 *
 * <pre>{@code
 * try (Demo demo = options.open()) {
 *   Module net = demo.place(new Net());
 *   demo.say("Model     %,d parameters", Demo.parameters(net));
 *   ...
 *   demo.save(net);
 *   demo.draw("loss.png", file -> LossPlot.write(file, "Net", "cross entropy", losses));
 *   JsonObject figures = demo.figures();
 *   figures.addProperty("accuracy", accuracy);
 *   demo.finish(figures);
 * }
 * }</pre>
 */
public final class Demo implements AutoCloseable {
  private static final String WEIGHTS = "weights.safetensors";
  private static final int MOST_PROBLEMS = 4;

  private final PrintWriter out;
  private final PrintWriter err;
  private final Device device;
  private final Scope all;
  private final long seed;
  private final Path folder;
  private final @Nullable Path weights;
  private final JsonFile json;
  private final List<String> written = new ArrayList<>();

  Demo(
      CommandLine command,
      DeviceChoice choice,
      long seed,
      Path folder,
      @Nullable Path weights,
      JsonOption json)
      throws IOException {
    this.out = command.getOut();
    this.err = command.getErr();
    this.seed = seed;
    this.folder = folder;
    this.weights = weights;
    this.device = choice.device();
    try {
      // what may fail does so before the work rather than after it
      this.json = json.file();
      Files.createDirectories(folder);
      WholeFile.check(folder.resolve(WEIGHTS));
    } catch (IOException | RuntimeException e) {
      device.close();
      throw e;
    }
    this.all = device.scope();
    say("Device    %s", choice);
  }

  public Device device() {
    return device;
  }

  /** What settles everything random. */
  public long seed() {
    return seed;
  }

  /** Prints a line; numbers are written in the same way everywhere. */
  public void say(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
    out.flush();
  }

  /** A bar up to {@code whole}, on a terminal. */
  public Progress progress(String name, int whole, String unit) {
    return new Progress(name, whole, unit);
  }

  // ------------------------------------------------------------------ weights

  /**
   * Moves a net to the device: with values drawn by the seed, or those that the user wants to go on
   * from.
   *
   * @return {@code net}
   * @throws IllegalArgumentException if what is to be loaded is not of this net
   */
  public <M extends Module> M place(M net) throws IOException {
    net.to(device, new Generator(seed));
    if (weights != null) {
      try {
        net.load(Safetensors.read(weights));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(weights + ": " + beginning(e.getMessage()), e);
      }
      say("Weights   %s", weights);
    }
    return net;
  }

  /** A large net may differ in hundreds of tensors; a few tell what is wrong. */
  private static String beginning(@Nullable String message) {
    List<String> problems = List.of(String.valueOf(message).split("; "));
    int more = problems.size() - MOST_PROBLEMS;
    return more <= 1
        ? String.join("; ", problems)
        : String.join("; ", problems.subList(0, MOST_PROBLEMS)) + "; and " + more + " more";
  }

  /** How many numbers a net has to learn. */
  public static long parameters(Module net) {
    return net.parameters().stream().mapToLong(tensor -> tensor.size()).sum();
  }

  /** Leaves the net's weights in the folder, where {@code --load} finds them. */
  public void save(Module net) throws IOException {
    Safetensors.write(folder.resolve(WEIGHTS), net.stateDict());
    written.add(WEIGHTS);
  }

  // ------------------------------------------------------------------ files

  /** Leaves a text in the folder. */
  public void write(String name, String text) throws IOException {
    WholeFile.write(folder.resolve(name), file -> Files.writeString(file, text));
    written.add(name);
  }

  /** Writes a picture. */
  public interface Drawing {
    void write(Path file) throws IOException;
  }

  /** Leaves a picture in the folder, or says why this Java cannot draw one. */
  public void draw(String name, Drawing drawing) throws IOException {
    try {
      WholeFile.write(folder.resolve(name), drawing::write);
      written.add(name);
    } catch (LinkageError | InternalError e) {
      // a Java without its desktop parts, or a system without a font
      err.println("No " + name + ": this Java cannot draw (" + e + ")");
      err.flush();
    }
  }

  /** The figures for {@code --json}: so far device and seed. */
  public JsonObject figures() {
    JsonObject figures = new JsonObject();
    figures.addProperty("device", device.info().id());
    figures.addProperty("seed", seed);
    return figures;
  }

  /** Says which files there are now, and writes the figures where they were asked for. */
  public void finish(JsonObject figures) throws IOException {
    if (!written.isEmpty()) {
      int last = written.size() - 1;
      String names =
          last == 0
              ? written.get(0)
              : String.join(", ", written.subList(0, last)) + " and " + written.get(last);
      say("Wrote     %s to %s", names, folder);
    }
    json.write(figures);
  }

  @Override
  public void close() {
    all.close();
    device.close();
  }
}
