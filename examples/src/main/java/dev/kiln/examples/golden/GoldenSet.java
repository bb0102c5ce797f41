package dev.kiln.examples.golden;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.kiln.examples.ResourceFolder;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of reference cases: every folder in it that has a {@code case.json}, and every case that
 * its {@code index.json}, if there is one, says there is.
 */
public final class GoldenSet implements AutoCloseable {
  private static final String INDEX = "index.json";

  private final Path root;
  private final String name;
  private final @Nullable ResourceFolder resources;

  private GoldenSet(Path root, String name, @Nullable ResourceFolder resources) {
    this.root = root;
    this.name = name;
    this.resources = resources;
  }

  /** The small set that comes with Kiln. */
  public static GoldenSet builtIn() throws IOException {
    ResourceFolder folder = ResourceFolder.around(GoldenSet.class, "cases/" + INDEX);
    return new GoldenSet(folder.path(), "the cases that come with Kiln", folder);
  }

  /**
   * A folder of the user's.
   *
   * @throws IOException if it is no folder
   */
  public static GoldenSet of(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException("there is no folder " + folder + " with reference cases");
    }
    return new GoldenSet(folder, folder.toString(), null);
  }

  /** {@code -Dkiln.golden} if it is set, else {@link #builtIn}. */
  public static GoldenSet chosen() throws IOException {
    String folder = System.getProperty("kiln.golden", "");
    return folder.isEmpty() ? builtIn() : of(Path.of(folder));
  }

  /** For people. */
  public String name() {
    return name;
  }

  /**
   * Every case by its id, in order, with the folder where it is or should be.
   *
   * @throws IOException if the index is damaged
   */
  Map<String, Path> cases() throws IOException {
    Map<String, Path> cases = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      files
          .filter(file -> file.endsWith("case.json"))
          .map(Path::getParent)
          .forEach(folder -> cases.put(id(folder), folder));
    }
    JsonObject index = index();
    if (index != null) {
      for (String id : listed(index)) {
        cases.putIfAbsent(id, root.resolve(id));
      }
    }
    return cases;
  }

  /**
   * How the case is called that lies there: its path, or the last two names where that is shorter.
   */
  private String id(Path folder) {
    Path path = root.relativize(folder);
    if (path.getNameCount() < 2) {
      Path whole = folder.toAbsolutePath().normalize();
      int names = whole.getNameCount();
      path = names < 2 ? whole : whole.subpath(names - 2, names);
    }
    return path.toString().replace('\\', '/');
  }

  private @Nullable JsonObject index() throws IOException {
    Path file = root.resolve(INDEX);
    if (!Files.isRegularFile(file)) {
      return null;
    }
    try {
      return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  private List<String> listed(JsonObject index) throws IOException {
    List<String> ids = new ArrayList<>();
    try {
      if (index.has("format") && index.get("format").getAsInt() != 1) {
        throw new IOException(
            root.resolve(INDEX) + " is of format " + index.get("format") + "; format 1 is read");
      }
      for (JsonElement entry : index.getAsJsonArray("cases")) {
        ids.add(entry.getAsJsonObject().get("id").getAsString());
      }
      if (index.has("count") && index.get("count").getAsInt() != ids.size()) {
        throw new IOException(
            root.resolve(INDEX)
                + " is damaged: it counts "
                + index.get("count")
                + " cases and lists "
                + ids.size());
      }
    } catch (NullPointerException
        | ClassCastException
        | IllegalStateException
        | UnsupportedOperationException e) {
      throw new IOException(root.resolve(INDEX) + " is damaged: it lists no cases", e);
    }
    return ids;
  }

  /** Whose files these are, if they are a published set: what {@link Published} knows of them. */
  Published published() throws IOException {
    JsonObject index = index();
    return index == null ? Published.UNKNOWN : Published.of(index);
  }

  @Override
  public void close() throws IOException {
    if (resources != null) {
      resources.close();
    }
  }
}
