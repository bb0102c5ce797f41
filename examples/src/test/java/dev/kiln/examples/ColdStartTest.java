package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a JVM has to load before it trains: every library costs a piece of the time until then. */
class ColdStartTest {
  /**
   * Gson's types for values are in the signatures of commands; what reads and writes them is not.
   */
  private static final Pattern FOR_LATER =
      Pattern.compile(
          " (com\\.google\\.gson\\.(Gson|internal|stream)|org\\.knowm|java\\.awt|me\\.tongfei|org\\.jocl|jcuda)");

  @Test
  void noLibraryForPicturesFilesOrGpusIsLoadedBeforeTheFirstStep(@TempDir Path folder)
      throws Exception {
    List<String> before = new ArrayList<>();
    Process hihello =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-Xlog:class+load:stdout",
                "-cp",
                System.getProperty("java.class.path"),
                Kiln.class.getName(),
                "hihello",
                "--device=cpu",
                "--epochs=1",
                "--out=" + folder)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader lines = hihello.inputReader()) {
      for (String line = next(lines); !line.startsWith("Epoch   1"); line = next(lines)) {
        before.add(line);
      }
      while (lines.readLine() != null) {}
    } finally {
      hihello.destroy();
      hihello.waitFor();
    }

    assertThat(before).as("what was loaded").anyMatch(line -> line.contains(" dev.kiln.Tensor "));
    assertThat(before.stream().filter(FOR_LATER.asPredicate())).isEmpty();
  }

  private static String next(BufferedReader lines) throws IOException {
    String line = lines.readLine();
    assertThat(line).as("a line, until the one of the first step").isNotNull();
    return line;
  }
}
