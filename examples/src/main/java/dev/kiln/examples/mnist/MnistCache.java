package dev.kiln.examples.mnist;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The folders of this user where whole data sets are kept. */
final class MnistCache {
  private MnistCache() {}

  /**
   * For MNIST {@code -Dkiln.data} if it is set, for others a folder in that; else {@code kiln/} and
   * the name where this system keeps what can be fetched again: {@code $XDG_CACHE_HOME} or {@code
   * ~/.cache}, {@code ~/Library/Caches}, {@code %LOCALAPPDATA%}.
   */
  static Path directory(String name) {
    String chosen = System.getProperty("kiln.data");
    if (chosen != null && !chosen.isEmpty()) {
      return name.equals("mnist") ? Path.of(chosen) : Path.of(chosen, name);
    }
    return directory(
            System.getProperty("os.name", ""),
            System.getProperty("user.home", "."),
            System.getenv())
        .resolve(name);
  }

  static Path directory(String system, String home, Map<String, String> environment) {
    String name = system.toLowerCase(Locale.ROOT);
    Path caches;
    if (name.startsWith("windows")) {
      caches = absolute(environment.get("LOCALAPPDATA"), Path.of(home, "AppData", "Local"));
    } else if (name.startsWith("mac")) {
      caches = Path.of(home, "Library", "Caches");
    } else {
      caches = absolute(environment.get("XDG_CACHE_HOME"), Path.of(home, ".cache"));
    }
    return caches.resolve("kiln");
  }

  /** As the XDG specification wants it: what is relative or empty is as if it were not set. */
  private static Path absolute(@Nullable String named, Path otherwise) {
    return named != null && Path.of(named).isAbsolute() ? Path.of(named) : otherwise;
  }

  /** Whether all files are there. They were verified before they came there. */
  static boolean isFull(Path directory, List<KnownFile> files) {
    return files.stream().allMatch(file -> Files.isRegularFile(directory.resolve(file.name())));
  }
}
