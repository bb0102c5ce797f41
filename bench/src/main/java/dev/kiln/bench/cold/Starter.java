package dev.kiln.bench.cold;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How an engine's program is started.
 *
 * @param jars what it needs on this system, and what had to be downloaded for it
 */
record Starter(String engine, List<String> command, List<Path> jars) {
  /** How the names of the jars begin that DJL needs, and of the one with its first step. */
  private static final List<String> DJL =
      List.of(
          "kiln-bench-",
          "api-",
          "pytorch-",
          "jna-5.",
          "gson-",
          "commons-compress-",
          "commons-io-",
          "commons-codec-",
          "slf4j-",
          "error_prone_annotations-");

  /**
   * @param home the folder with the {@code kiln} command
   * @param out a folder for what the program writes
   * @throws IllegalArgumentException if there is no such engine
   */
  static Starter of(String engine, Path home, Path out) throws IOException {
    return switch (engine) {
      case "kiln-cpu" -> kiln(home, out);
      case "djl" -> djl();
      default ->
          throw new IllegalArgumentException(
              "there is no start of \"" + engine + "\": there are kiln-cpu and djl");
    };
  }

  private static Starter kiln(Path home, Path out) throws IOException {
    List<String> command =
        List.of(
            home.resolve("kiln").toString(),
            "hihello",
            "--device=cpu",
            "--epochs=1",
            "--out=" + out);
    List<Path> jars = new ArrayList<>(jars(home.resolve("examples/target/lib")));
    jars.addAll(jars(home.resolve("examples/target")));
    return new Starter("kiln-cpu", command, jars);
  }

  private static Starter djl() throws IOException {
    List<Path> jars = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
      Path jar = Path.of(entry);
      jars.add(jar);
      Path libraries = jar.resolveSibling("lib");
      if (Files.isDirectory(libraries)) {
        jars.addAll(jars(libraries));
      }
    }
    jars.removeIf(jar -> DJL.stream().noneMatch(jar.getFileName().toString()::startsWith));
    if (jars.stream().noneMatch(jar -> jar.getFileName().toString().startsWith("pytorch-"))) {
      throw new IllegalArgumentException(
          "the benchmarks were built without DJL; build them with -Ppeers");
    }
    String path =
        String.join(java.io.File.pathSeparator, jars.stream().map(Path::toString).toList());
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            path,
            "dev.kiln.bench.peers.DjlFirstStep");
    jars.removeIf(jar -> jar.getFileName().toString().startsWith("kiln-"));
    return new Starter("djl", command, jars);
  }

  /** Those in a folder, less the natives of other systems. */
  private static List<Path> jars(Path folder) throws IOException {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".jar"))
          .filter(file -> system.startsWith("windows") || !file.toString().contains("-windows-"))
          .filter(file -> system.startsWith("linux") || !file.toString().contains("-linux-"))
          .sorted()
          .toList();
    }
  }

  long downloadedBytes() throws IOException {
    long bytes = 0;
    for (Path jar : jars) {
      bytes += Files.size(jar);
    }
    return bytes;
  }
}
