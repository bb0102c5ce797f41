package dev.kiln.examples;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The file that an option {@code --json FILE} names, or none. */
public final class JsonFile {
  private final @Nullable Path path;

  /**
   * Makes the folder of the file: that fails before the work rather than after it.
   *
   * @param path null for none
   * @throws IOException if no file can be written there
   */
  public JsonFile(@Nullable Path path) throws IOException {
    this.path = path;
    Path folder = path == null ? null : path.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    if (path != null) {
      if (Files.isDirectory(path)) {
        throw new IOException("--json names a file to write, and " + path + " is a folder");
      }
      WholeFile.check(path);
    }
  }

  /** Writes it, if one was asked for. */
  public void write(JsonElement content) throws IOException {
    if (path != null) {
      WholeFile.write(path, file -> Files.writeString(file, text(content) + "\n"));
    }
  }

  /** As it stands in the file. */
  static String text(JsonElement content) {
    return new GsonBuilder()
        .setPrettyPrinting()
        .disableHtmlEscaping()
        .serializeNulls()
        .create()
        .toJson(readable(content));
  }

  /** JSON has no word for what is no finite number: others could not read the file. */
  private static JsonElement readable(JsonElement content) {
    if (content instanceof JsonObject object) {
      JsonObject result = new JsonObject();
      object.entrySet().forEach(entry -> result.add(entry.getKey(), readable(entry.getValue())));
      return result;
    }
    if (content instanceof JsonArray array) {
      JsonArray result = new JsonArray();
      array.forEach(element -> result.add(readable(element)));
      return result;
    }
    boolean lost =
        content instanceof JsonPrimitive value
            && value.isNumber()
            && !Double.isFinite(value.getAsDouble());
    return lost ? JsonNull.INSTANCE : content;
  }
}
