package dev.kiln.examples.mnist;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The folder of this user where the full MNIST is kept. */
final class MnistCache {
  private MnistCache() {}

  /**
   * {@code -Dkiln.data} if it is set, else {@code kiln/mnist} where this system keeps what can be
   * fetched again: {@code $XDG_CACHE_HOME} or {@code ~/.cache}, {@code ~/Library/Caches}, {@code
   * %LOCALAPPDATA%}.
   */
  static Path directory() {
    String chosen = System.getProperty("kiln.data");
    if (chosen != null && !chosen.isEmpty()) {
      return Path.of(chosen);
    }
    return directory(
        System.getProperty("os.name", ""), System.getProperty("user.home", "."), System.getenv());
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
    return caches.resolve("kiln").resolve("mnist");
  }

  /** As the XDG specification wants it: a relative path in the variable is ignored. */
  private static Path absolute(@Nullable String named, Path otherwise) {
    return named != null && Path.of(named).isAbsolute() ? Path.of(named) : otherwise;
  }

  /** Whether all four files are there. They were verified before they came there. */
  static boolean isFull(Path directory) {
    return KnownFile.MNIST.stream()
        .allMatch(file -> Files.isRegularFile(directory.resolve(file.name())));
  }
}
