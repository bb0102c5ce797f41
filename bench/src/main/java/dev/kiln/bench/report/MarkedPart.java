package dev.kiln.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The part of a file between two comments, which a tool writes while the rest is by hand. */
final class MarkedPart {
  static final String BEGIN = "<!-- benchmarks: written by bench/report -->";
  static final String END = "<!-- benchmarks end -->";

  private MarkedPart() {}

  /**
   * Puts {@code text} in the place of what is there.
   *
   * @throws IOException if the file has no such part
   */
  static void replace(Path file, String text) throws IOException {
    String whole = Files.readString(file);
    int begin = whole.indexOf(BEGIN);
    int end = whole.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IOException(
          file + " has no place for the tables: a line " + BEGIN + " and, after it, " + END);
    }
    Files.writeString(
        file,
        whole.substring(0, begin + BEGIN.length())
            + "\n\n"
            + text.strip()
            + "\n\n"
            + whole.substring(end));
  }
}
