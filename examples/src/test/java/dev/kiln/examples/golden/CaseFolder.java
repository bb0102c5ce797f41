package dev.kiln.examples.golden;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Copies of some of the cases that come with Kiln, to be damaged. */
record CaseFolder(Path root) {
  static CaseFolder with(Path root, String... ids) throws IOException {
    CaseFolder folder = new CaseFolder(root);
    try (GoldenSet all = GoldenSet.builtIn()) {
      Map<String, Path> cases = all.cases();
      for (String id : ids) {
        Path target = root.resolve(id);
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(cases.get(id))) {
          for (Path file : files.toList()) {
            Files.write(target.resolve(file.getFileName().toString()), Files.readAllBytes(file));
          }
        }
      }
    }
    return folder;
  }

  /** Adds an index that lists these cases and claims to be that of the published set. */
  CaseFolder published(String... ids) throws IOException {
    String entries =
        String.join(",", Stream.of(ids).map(id -> "{\"id\": \"" + id + "\"}").toList());
    Files.writeString(
        root.resolve("index.json"),
        "{\"set\": \"visible\", \"seed\": 1, \"cases\": [" + entries + "]}");
    return this;
  }

  List<Path> files(String id) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve(id))) {
      return files.sorted().toList();
    }
  }

  /** Adds a tenth and a bit to a float in the middle of an array, or 1 to an integer. */
  static void changeADigit(Path npy) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(npy)).order(ByteOrder.LITTLE_ENDIAN);
    int data = 10 + bytes.getShort(8);
    String header = new String(bytes.array(), 10, data - 10, StandardCharsets.ISO_8859_1);
    if (header.contains("<f4")) {
      int at = data + (bytes.capacity() - data) / 8 * 4;
      float value = bytes.getFloat(at);
      bytes.putFloat(at, value + 0.1f * Math.abs(value) + 0.1f);
    } else {
      int at = data + (bytes.capacity() - data) / 16 * 8;
      long value = bytes.getLong(at);
      bytes.putLong(at, value == 0 ? 1 : value - 1);
    }
    Files.write(npy, bytes.array());
  }
}
