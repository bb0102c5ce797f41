package dev.kiln.cpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the machine calls its processor. */
final class Processor {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Processor() {}

  /** The model name that Linux gives, else the architecture. */
  static String name() {
    if (Files.isReadable(CPU_INFO)) {
      try {
        List<String> lines = Files.readAllLines(CPU_INFO, StandardCharsets.UTF_8);
        for (String line : lines) {
          if (line.startsWith("model name")) {
            return line.substring(line.indexOf(':') + 1).strip();
          }
        }
      } catch (IOException e) {
        return System.getProperty("os.arch", "CPU"); // a name is all that is lost
      }
    }
    return System.getProperty("os.arch", "CPU");
  }
}
