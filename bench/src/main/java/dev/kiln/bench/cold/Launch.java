package dev.kiln.bench.cold;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One start of a program that trains a step and says so.
 *
 * @param micros from the start of the process to the line that it prints after its first step
 * @param residentBytes the most memory that it had until then; 0 where the system does not tell
 */
record Launch(double micros, long residentBytes) {
  /** What the line begins with; it is that of {@code kiln hihello}. */
  static final String FIRST_STEP = "Epoch   1";

  /**
   * Starts it, and ends it when it has done its step.
   *
   * @throws IOException if it ends before: what it said
   */
  static Launch of(List<String> command) throws IOException {
    List<String> said = new ArrayList<>();
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(FIRST_STEP)) {
          long end = System.nanoTime();
          return new Launch((end - begin) / 1e3, resident(process));
        }
        said.add(line);
      }
    } finally {
      process.destroyForcibly();
      process.onExit().join();
    }
    throw new IOException(
        String.join(" ", command) + " ended before its first step: " + String.join("\n", said));
  }

  private static long resident(Process process) throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    if (Files.isReadable(status)) {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
    }
    return 0;
  }
}
