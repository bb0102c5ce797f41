package dev.kiln.examples;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
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
   */
  public JsonFile(@Nullable Path path) throws IOException {
    this.path = path;
    Path folder = path == null ? null : path.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
  }

  /** Writes it, if one was asked for. */
  public void write(JsonElement content) throws IOException {
    if (path != null) {
      Files.writeString(path, text(content) + "\n");
    }
  }

  /** As it stands in the file. */
  static String text(JsonElement content) {
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(content);
  }
}
