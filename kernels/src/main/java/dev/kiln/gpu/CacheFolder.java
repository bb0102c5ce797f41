package dev.kiln.gpu;

import java.nio.file.Path;
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
    for (String variable : new String[] {"XDG_CACHE_HOME", "LOCALAPPDATA"}) {
      String folder = System.getenv(variable);
      if (folder != null && !folder.isEmpty()) {
        return Path.of(folder, "kiln");
      }
    }
    return Path.of(System.getProperty("user.home"), ".cache", "kiln");
  }
}
