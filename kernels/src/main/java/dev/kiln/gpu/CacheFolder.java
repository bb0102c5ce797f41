package dev.kiln.gpu;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where on disk things are kept that can be made again: {@code -Dkiln.cache=DIR} (or {@code off}),
 * by default the user's cache folder.
 */
public final class CacheFolder {
  private CacheFolder() {}

  /**
   * The folder for things of one kind; it need not be there yet.
   *
   * @param part its name
   * @return null if nothing is to be kept
   */
  public static @Nullable Path of(String part) {
    String wanted = System.getProperty("kiln.cache", "");
    if (wanted.equals("off")) {
      return null;
    }
    return (wanted.isEmpty() ? ofUser() : Path.of(wanted)).resolve(part);
  }

  private static Path ofUser() {
    return ofUser(
        System.getProperty("os.name", ""), System.getProperty("user.home", "."), System.getenv());
  }

  /**
   * {@code kiln} where this system keeps what can be made again: {@code $XDG_CACHE_HOME} or {@code
   * ~/.cache}, {@code ~/Library/Caches}, {@code %LOCALAPPDATA%}. The data sets of the examples lie
   * there too.
   */
  static Path ofUser(String system, String home, Map<String, String> environment) {
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
}
