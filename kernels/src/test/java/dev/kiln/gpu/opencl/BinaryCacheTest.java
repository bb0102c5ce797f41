package dev.kiln.gpu.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.gpu.driver.Driver;
import dev.kiln.gpu.driver.ProgramCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BinaryCacheTest {
  private static final byte[] BINARY = {1, 2, 3, 4, 5};

  @TempDir Path folder;

  @Test
  void givesBackWhatWasKept() {
    BinaryCache cache = new BinaryCache(folder);
    cache.write(BINARY, "device", "source");
    assertThat(cache.read("device", "source")).isEqualTo(BINARY);
  }

  @Test
  void anyOtherWordIsAnotherKey() {
    BinaryCache cache = new BinaryCache(folder);
    cache.write(BINARY, "device", "source");
    assertThat(cache.read("device", "source2")).isNull();
    assertThat(cache.read("devices", "ource")).isNull();
  }

  @Test
  void aTornOrAlteredFileCountsAsAbsent() throws IOException {
    BinaryCache cache = new BinaryCache(folder);
    cache.write(BINARY, "key");
    Path file = files().get(0);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(cache.read("key")).as("cut to %d bytes", length).isNull();
    }
    whole[whole.length - 1] ^= 1;
    Files.write(file, whole);
    assertThat(cache.read("key")).isNull();
  }

  @Test
  void switchedOffItKeepsNothing() {
    BinaryCache cache = new BinaryCache(null);
    cache.write(BINARY, "key");
    assertThat(cache.read("key")).isNull();
  }

  @Test
  void aFolderThatCannotBeWrittenToIsNoError() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    BinaryCache cache = new BinaryCache(file.resolve("below"));
    cache.write(BINARY, "key");
    assertThat(cache.read("key")).isNull();
  }

  @Test
  void aProgramIsBuiltFromItsBinaryAndRebuiltFromAForeignOne() {
    build();
    assertThat(files()).hasSize(1);
    long first = modified();
    build();
    assertThat(modified()).as("the second run writes nothing").isEqualTo(first);

    // A whole file, but no program: the driver refuses it and the text is compiled.
    Path kept = files().get(0);
    replace(kept, new byte[] {'n', 'o', 'n', 's', 'e', 'n', 's', 'e'});
    build();
    assertThat(kept.toFile().length()).isGreaterThan(100);
  }

  private void build() {
    try (Driver driver = OpenCl.driver(new BinaryCache(folder))) {
      driver.kernel(ProgramCatalog.shipped().program("fill_copy"), "fill");
    }
  }

  private static void replace(Path kept, byte[] binary) {
    try {
      Path other = Files.createTempDirectory(kept.getParent(), "other");
      new BinaryCache(other).write(binary, "any");
      try (Stream<Path> files = Files.list(other)) {
        Files.copy(
            files.findFirst().orElseThrow(),
            kept,
            java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long modified() {
    return files().get(0).toFile().lastModified();
  }

  private List<Path> files() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
