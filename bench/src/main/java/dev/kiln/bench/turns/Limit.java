package dev.kiln.bench.turns;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * By how much an engine may be slower than another one.
 *
 * @param work as for the benchmarks
 * @param engine whose time it is
 * @param beside the engine that it is compared with
 * @param most the largest ratio of their times that is within the limit
 */
record Limit(String work, String engine, String beside, double most) {
  /** As in the file: anything may be missing there. */
  private record Entry(
      @Nullable String work,
      @Nullable String engine,
      @Nullable String beside,
      @Nullable Double most) {}

  /**
   * Reads a JSON array of objects with the members of this record.
   *
   * @throws IOException if there is no such file, or something else in it
   */
  static List<Limit> read(Path file) throws IOException {
    Entry @Nullable [] entries;
    try {
      entries = new Gson().fromJson(Files.readString(file), Entry[].class);
    } catch (JsonParseException e) {
      throw new IOException(file + " is no list of limits: " + e.getMessage(), e);
    }
    if (entries == null || entries.length == 0) {
      throw new IOException(file + " has no limits");
    }
    List<Limit> limits = new ArrayList<>();
    for (@Nullable Entry entry : entries) {
      if (entry == null
          || entry.work == null
          || entry.engine == null
          || entry.beside == null
          || entry.most == null) {
        throw new IOException(
            file + ": a limit has \"work\", \"engine\", \"beside\" and \"most\", not " + entry);
      }
      limits.add(new Limit(entry.work, entry.engine, entry.beside, entry.most));
    }
    return limits;
  }

  /** Whether a ratio is within it; one that is not a number is not. */
  boolean holds(double ratio) {
    return ratio <= most;
  }
}
