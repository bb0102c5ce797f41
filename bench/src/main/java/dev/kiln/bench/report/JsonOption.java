package dev.kiln.bench.report;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a tool leaves its figures for {@code bench/report}. */
public final class JsonOption {
  @Option(names = "--json", paramLabel = "FILE", description = "Write the figures to FILE.")
  private @Nullable Path file;

  /** Writes them, if that was asked for. */
  public void write(ResultFile figures) throws IOException {
    if (file != null) {
      figures.write(file);
    }
  }
}
