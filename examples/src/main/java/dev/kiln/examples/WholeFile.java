package dev.kiln.examples;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
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

  /**
   * Fails before the work what would fail after it.
   *
   * @throws IOException if no file can be written there
   */
  static void check(Path file) throws IOException {
    Path changed = Files.exists(file) ? file : folder(file);
    if (!Files.isWritable(changed)) {
      throw new AccessDeniedException(changed.toString());
    }
  }

  private static Path folder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    return folder == null ? file : folder;
  }

  static void write(Path file, Content content) throws IOException {
    boolean there = Files.exists(file);
    Path place = there ? file.toRealPath() : file;
    if (there && !(Files.isRegularFile(file) && Files.isWritable(folder(place)))) {
      // a pipe or a terminal, such as /dev/stdout, is no place to move a file to
      content.write(file);
      return;
    }
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
