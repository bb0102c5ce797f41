package dev.kiln.bench.turns;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Processes that keep a processor busy each, pinned to none. They end when they are closed, and by
 * themselves soon after the process that started them is gone, however it went.
 */
final class Neighbours implements AutoCloseable {
  private static final String SPIN =
      """
      while kill -0 $PPID 2> /dev/null; do
        i=0
        while [ $i -lt 20000 ]; do i=$((i + 1)); done
      done
      """;

  private final List<Process> processes = new ArrayList<>();

  Neighbours(int count) throws IOException {
    try {
      for (int i = 0; i < count; i++) {
        processes.add(
            new ProcessBuilder("sh", "-c", SPIN)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
    processes.forEach(process -> process.onExit().join());
  }
}
