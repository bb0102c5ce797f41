package dev.kiln.examples.mnist;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Writes a file under its name only once its size and hash are known to be right. */
final class VerifiedFile {
  private VerifiedFile() {}

  /** Whether {@code directory} has the file, whole and unchanged. */
  static boolean isRight(Path directory, KnownFile file) throws IOException {
    Path path = directory.resolve(file.name());
    if (!Files.isRegularFile(path) || Files.size(path) != file.bytes()) {
      return false;
    }
    try (InputStream content = Files.newInputStream(path)) {
      MessageDigest md5 = md5();
      copy(content, OutputStream.nullOutputStream(), md5, file.bytes());
      return HexFormat.of().formatHex(md5.digest()).equals(file.md5());
    }
  }

  /**
   * Reads {@code content} into a temporary file in {@code directory}, and renames it if it is
   * right; if not, nothing of it stays.
   *
   * @throws IOException if the content is too short, too long or has another MD5: what was wanted,
   *     what came
   */
  static void write(InputStream content, KnownFile file, Path directory) throws IOException {
    Path partial =
        directory.resolve("." + file.name() + "." + ProcessHandle.current().pid() + ".partial");
    try {
      MessageDigest md5 = md5();
      long length;
      try (OutputStream out = Files.newOutputStream(partial)) {
        length = copy(content, out, md5, file.bytes() + 1);
      }
      if (length != file.bytes()) {
        throw new IOException(
            file.name()
                + " should have "
                + file.bytes()
                + " bytes and has "
                + (length > file.bytes() ? "more" : length + "")
                + ": refused");
      }
      String hash = HexFormat.of().formatHex(md5.digest());
      if (!hash.equals(file.md5())) {
        throw new IOException(
            file.name() + " should have MD5 " + file.md5() + " and has " + hash + ": refused");
      }
      move(partial, directory.resolve(file.name()));
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private static void move(Path partial, Path path) throws IOException {
    try {
      Files.move(
          partial, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(partial, path, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static long copy(InputStream from, OutputStream to, MessageDigest digest, long most)
      throws IOException {
    byte[] block = new byte[1 << 16];
    long length = 0;
    while (length < most) {
      int read = from.read(block, 0, (int) Math.min(block.length, most - length));
      if (read < 0) {
        break;
      }
      to.write(block, 0, read);
      digest.update(block, 0, read);
      length += read;
    }
    return length;
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has MD5", e);
    }
  }
}
