package dev.kiln.gpu.opencl;

import dev.kiln.gpu.CacheFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Compiled programs on disk, in a {@link CacheFolder}. A file holds the SHA-256 of the binary and
 * then the binary: a torn or altered one counts as absent. What cannot be read or written is only
 * slower, never an error; the log says once that nothing can be kept.
 */
final class BinaryCache {
  private static final System.Logger LOG = System.getLogger("dev.kiln.gpu");
  private static final int DIGEST_BYTES = 32;

  private final @Nullable Path folder;
  private boolean told;

  /**
   * @param folder null to keep nothing
   */
  BinaryCache(@Nullable Path folder) {
    this.folder = folder;
  }

  static BinaryCache ofUser() {
    return new BinaryCache(CacheFolder.of("opencl"));
  }

  /** The binary that was kept under these words; null if there is none, or not a whole one. */
  byte @Nullable [] read(String... key) {
    if (folder == null) {
      return null;
    }
    Path file = file(folder, key);
    try {
      byte[] content = Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
      if (content.length <= DIGEST_BYTES) {
        return null;
      }
      byte[] binary = Arrays.copyOfRange(content, DIGEST_BYTES, content.length);
      byte[] digest = Arrays.copyOf(content, DIGEST_BYTES);
      return Arrays.equals(digest, sha256().digest(binary)) ? binary : null;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot read " + file, e);
      return null;
    }
  }

  void write(byte[] binary, String... key) {
    if (folder == null) {
      return;
    }
    Path file = file(folder, key);
    try {
      Files.createDirectories(folder);
      Path part = Files.createTempFile(folder, "part", null);
      try {
        byte[] content = Arrays.copyOf(sha256().digest(binary), DIGEST_BYTES + binary.length);
        System.arraycopy(binary, 0, content, DIGEST_BYTES, binary.length);
        Files.write(part, content);
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      tell(folder, e);
    }
  }

  private synchronized void tell(Path folder, IOException why) {
    if (!told) {
      told = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "compiled programs cannot be kept in {0}, so that each run compiles them anew ({1});"
              + " -Dkiln.cache=DIR names another folder, off none",
          folder,
          why);
    }
  }

  private static Path file(Path folder, String... key) {
    MessageDigest digest = sha256();
    for (String part : key) {
      digest.update(part.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    return folder.resolve(HexFormat.of().formatHex(digest.digest()) + ".bin");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
