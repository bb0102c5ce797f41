package dev.kiln.examples.golden;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The hashes of a published set's cases. Many a changed digit shows in no result, such as one in
 * the input of a ReLU below zero, or in a tolerance; against the hash it does.
 */
final class Published {
  /** Of a set that nothing is known of. */
  static final Published UNKNOWN = new Published(Map.of());

  private final Map<String, String> hashes;

  private Published(Map<String, String> hashes) {
    this.hashes = hashes;
  }

  /**
   * @param index a set's {@code index.json}, in which it says which set it is
   */
  static Published of(JsonObject index) throws IOException {
    String set = text(index, "set");
    String seed = text(index, "seed");
    if (!set.matches("[a-z]+") || !seed.matches("[0-9]+")) {
      return UNKNOWN;
    }
    try (InputStream listing =
        Published.class.getResourceAsStream("published-" + set + "-" + seed + ".txt")) {
      return listing == null ? UNKNOWN : new Published(read(listing));
    }
  }

  private static String text(JsonObject index, String name) {
    JsonElement value = index.get(name);
    return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
  }

  private static Map<String, String> read(InputStream listing) throws IOException {
    Map<String, String> hashes = new HashMap<>();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(listing, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (!line.startsWith("#")) {
        int space = line.indexOf(' ');
        hashes.put(line.substring(space + 1), line.substring(0, space));
      }
    }
    return hashes;
  }

  /** Why a case is not what was published; null if it is, or if nothing is known of it. */
  @Nullable String objection(String id, Path folder) throws IOException {
    String published = hashes.get(id);
    return published == null || published.equals(hash(folder))
        ? null
        : "its files are not those that were published: one of them was changed";
  }

  /**
   * The first half of the SHA-256 over a folder's files in order of their names: of each the name,
   * a zero byte, the length as eight bytes and the contents.
   */
  static String hash(Path folder) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
    List<String> names;
    try (Stream<Path> files = Files.list(folder)) {
      names = files.map(file -> file.getFileName().toString()).sorted().toList();
    }
    for (String name : names) {
      byte[] content = Files.readAllBytes(folder.resolve(name));
      digest.update(name.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      digest.update(ByteBuffer.allocate(8).putLong(content.length).flip());
      digest.update(content);
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 16);
  }
}
