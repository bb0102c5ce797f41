package dev.kiln.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file that appears whole or not at all: it is written beside its place and moved there, so that
 * a run that is ended halfway leaves what was there before.
 */
final class WholeFile {
  private WholeFile() {}

  /** Writes what a file is to hold. */
  interface Content {
    void write(Path file) throws IOException;
  }

  static void write(Path file, Content content) throws IOException {
    boolean there = Files.exists(file);
    if (there && !Files.isRegularFile(file)) {
      // a pipe or a terminal, such as /dev/stdout, is no place to move a file to
      content.write(file);
      return;
    }
    Path place = there ? file.toRealPath() : file;
    // the name ends as before: writers of pictures go by that
    Path partial = place.resolveSibling("part-" + place.getFileName());
    try {
      content.write(partial);
      Files.move(partial, place, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }
}
