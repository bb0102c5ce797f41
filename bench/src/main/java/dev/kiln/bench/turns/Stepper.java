package dev.kiln.bench.turns;

import dev.kiln.bench.engine.Engines;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;

/** An engine in a process of its own, which takes steps when it is told to. */
final class Stepper implements AutoCloseable {
  /** What {@link StepProcess} prints when it is warm. */
  static final String READY = "ready";

  private final String engine;
  private final Process process;
  private final BufferedReader answers;
  private final PrintWriter orders;
  private String description;

  /** Starts the process; {@link #awaitWarm} waits for it. */
  Stepper(String engine, String work, double warmup) throws IOException {
    this.engine = engine;
    this.description = engine;
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-D" + Engines.THREADS + "=" + Engines.threads(),
                "-cp",
                System.getProperty("java.class.path"),
                StepProcess.class.getName(),
                engine,
                work,
                Double.toString(warmup))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    answers = process.inputReader();
    orders = new PrintWriter(process.outputWriter(Charset.defaultCharset()), true);
  }

  /**
   * Returns when it is warm.
   *
   * @throws IOException if it cannot do the work; its error stream tells why
   */
  void awaitWarm() throws IOException {
    for (String line = next(); !line.equals(READY); line = next()) {
      String says = "# " + engine + " is ";
      if (line.startsWith(says)) {
        description = line.substring(says.length(), line.lastIndexOf("; "));
      }
    }
  }

  private String next() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the process of " + engine + " ended");
    }
    return line;
  }

  String engine() {
    return engine;
  }

  /** What the engine says that it is. */
  String description() {
    return description;
  }

  /** Has it take steps. */
  Slice run(double seconds) throws IOException {
    orders.println(seconds);
    String line = next();
    while (!Slice.isLine(line)) {
      line = next();
    }
    return Slice.parse(line);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
