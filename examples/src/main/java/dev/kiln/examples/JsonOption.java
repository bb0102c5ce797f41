package dev.kiln.examples;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command leaves its results for other programs. */
public final class JsonOption {
  @Option(names = "--json", paramLabel = "FILE", description = "Write the results to FILE.")
  private @Nullable Path path;

  /** Makes the file's folder: that fails before the work rather than after it. */
  public JsonFile file() throws IOException {
    return new JsonFile(path);
  }
}
