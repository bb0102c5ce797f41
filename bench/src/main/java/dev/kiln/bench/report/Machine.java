package dev.kiln.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a machine is to a reader of figures. */
public final class Machine {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** {@code AMD EPYC, 2 processors, Linux}, of the machine that this runs on. */
  public static String here() {
    int processors = Runtime.getRuntime().availableProcessors();
    return model()
        + ", "
        + processors
        + (processors == 1 ? " processor, " : " processors, ")
        + System.getProperty("os.name");
  }

  private static String model() {
    if (Files.isReadable(CPU_INFO)) {
      try {
        for (String line : Files.readAllLines(CPU_INFO)) {
          if (line.startsWith("model name")) {
            return line.substring(line.indexOf(':') + 1).strip();
          }
        }
      } catch (IOException e) {
        return System.getProperty("os.arch"); // a name is all that is lost
      }
    }
    return System.getProperty("os.arch");
  }
}
