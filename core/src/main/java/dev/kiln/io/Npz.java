package dev.kiln.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * NumPy's archives of named arrays ({@code .npz}): a zip file with an {@link Npy npy} file for
 * each, as {@code numpy.savez} and {@code savez_compressed} write them.
 *
 * <p>An archive is believed only as far as it bears out: an array's memory grows as its bytes
 * arrive, only if header and archive agree on its size, and no byte of the file may serve two
 * arrays. What it unpacks to is at most the thousandfold of its size that deflate can reach.
 */
public final class Npz {
  private static final String SUFFIX = ".npy";

  /** Deflate packs at most 258 bytes into 2 bits. */
  private static final long MOST_PACKED = 1032;

  /** What NumPy writes too: the same content is the same file. */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private Npz() {}

  /**
   * Reads every array, in the order of the archive, by its name without {@code .npy}.
   *
   * @throws FormatException if the file is no zip archive, is damaged, or holds anything but arrays
   *     that {@link Npy} reads
   */
  public static Map<String, HostTensor> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    try (ZipFile zip = new ZipFile(file.toFile())) {
      List<? extends ZipEntry> entries = new ArrayList<>(Collections.list(zip.entries()));
      checkRoom(file, entries);
      Map<String, HostTensor> arrays = new LinkedHashMap<>();
      for (ZipEntry entry : entries) {
        String name = name(file, entry);
        if (arrays.put(name, read(file, zip, entry)) != null) {
          throw new FormatException(file.toString(), "names \"" + name + "\" twice");
        }
      }
      return arrays;
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      throw new FormatException(
          file.toString(), "is no zip archive or a damaged one: " + reason(e), e);
    }
  }

  private static String reason(Exception e) {
    String message = e.getMessage();
    return message == null ? "it ends too early" : message;
  }

  /** Archives that unpack the same bytes again and again overlap their entries. */
  private static void checkRoom(Path file, List<? extends ZipEntry> entries) throws IOException {
    long size = Files.size(file);
    long left = size;
    for (ZipEntry entry : entries) {
      left -= Math.max(0, entry.getCompressedSize());
      if (left < 0) {
        throw new FormatException(
            file.toString(), "claims more packed data than its " + size + " bytes");
      }
    }
  }

  private static String name(Path file, ZipEntry entry) throws FormatException {
    String name = entry.getName();
    if (!name.endsWith(SUFFIX)) {
      throw new FormatException(
          file.toString(), "holds \"" + name + "\", which is no array: it does not end with .npy");
    }
    return name.substring(0, name.length() - SUFFIX.length());
  }

  private static HostTensor read(Path file, ZipFile zip, ZipEntry entry) throws IOException {
    String name = file + ", " + entry.getName();
    long packed = entry.getCompressedSize();
    if (entry.getSize() > packed * MOST_PACKED) {
      throw new FormatException(
          name, "claims " + entry.getSize() + " bytes, which " + packed + " packed ones cannot be");
    }
    CRC32 sum = new CRC32();
    HostTensor array;
    try (InputStream in = zip.getInputStream(entry)) {
      CheckedInputStream checked = new CheckedInputStream(in, sum);
      array = Npy.read(checked, name, entry.getSize());
      if (checked.read() >= 0) {
        throw new FormatException(name, "unpacks to more than its " + entry.getSize() + " bytes");
      }
    } catch (ZipException | EOFException e) {
      throw new FormatException(name, "is damaged: " + reason(e), e);
    }
    if (sum.getValue() != entry.getCrc()) {
      throw new FormatException(name, "is damaged: its checksum differs");
    }
    return array;
  }

  /**
   * Writes arrays in the map's order, as they are. The file appears whole or not at all: it is
   * written beside its place and moved there.
   */
  public static void write(Path file, Map<String, HostTensor> arrays) throws IOException {
    write(file, arrays, ZipEntry.STORED);
  }

  /** Likewise, packed: smaller, and slower to write. */
  public static void writeCompressed(Path file, Map<String, HostTensor> arrays) throws IOException {
    write(file, arrays, ZipEntry.DEFLATED);
  }

  private static void write(Path file, Map<String, HostTensor> arrays, int method)
      throws IOException {
    Path partial = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (OutputStream out = Files.newOutputStream(partial);
          ZipOutputStream zip = new ZipOutputStream(out)) {
        for (Map.Entry<String, HostTensor> array : arrays.entrySet()) {
          byte[] content = Npy.encode(array.getValue());
          CRC32 sum = new CRC32();
          sum.update(content);
          ZipEntry entry = new ZipEntry(array.getKey() + SUFFIX);
          entry.setTimeLocal(NO_TIME);
          entry.setMethod(method);
          entry.setSize(content.length);
          entry.setCrc(sum.getValue());
          zip.putNextEntry(entry);
          zip.write(content);
          zip.closeEntry();
        }
      }
      Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }
}
