package dev.kiln.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.io.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxTest {
  private static @Nullable Path fuzzed;

  @TempDir Path folder;

  @Test
  void readsRawAndGzippedFilesAlike() throws IOException {
    byte[] content = IdxFiles.of(new int[] {2, 3}, 1, 2, 3, 253, 254, 255);
    for (byte[] file : new byte[][] {content, IdxFiles.gzip(content)}) {
      Idx idx = read(file);
      assertThat(idx.shape().toArray()).containsExactly(2, 3);
      assertThat(idx.values()).containsExactly(1, 2, 3, 253, 254, 255);
    }
  }

  @Test
  void anEmptyArrayIsNoError() throws IOException {
    assertThat(read(IdxFiles.of(new int[] {0, 28, 28})).values()).isEmpty();
  }

  @Test
  void saysWhatIsWrongWithAFile() {
    byte[] good = IdxFiles.of(new int[] {2, 3}, 1, 2, 3, 4, 5, 6);
    assertWrong(new byte[0], "is no idx file");
    assertWrong(
        "<html>not found</html>".getBytes(java.nio.charset.StandardCharsets.UTF_8),
        "is no idx file");
    assertWrong(with(good, 2, 0x0D), "holds elements of type 13; unsigned bytes (type 8) are read");
    assertWrong(with(good, 3, 0), "has 0 dimensions");
    assertWrong(with(good, 3, 9), "has 9 dimensions");
    assertWrong(Arrays.copyOf(good, 9), "is cut off in its header");
    assertWrong(Arrays.copyOf(good, 15), "is cut off: [2, 3] takes 6 bytes, 3 are there");
    assertWrong(Arrays.copyOf(good, 19), "has bytes left over after the 6 of [2, 3]");
    assertWrong(with(good, 4, 0xFF), "has a negative extent");
    assertWrong(with(good, 4, 0x7F), "more than 2^31 - 1 elements");
    assertWrong(with(good, 6, 0x7F), "more than a file of its size can hold");
    assertWrong(IdxFiles.of(new int[] {46341, 46340}), "more than a file of its size can hold");
  }

  @Test
  void saysWhatIsWrongWithAGzippedFile() throws IOException {
    byte[] good = IdxFiles.gzip(IdxFiles.of(new int[] {2, 3}, 1, 2, 3, 4, 5, 6));
    String corrupt = "the gzip data are cut off or corrupt";
    assertWrong(Arrays.copyOf(good, 5), corrupt);
    assertWrong(Arrays.copyOf(good, good.length - 9), corrupt);
    assertWrong(with(good, good.length - 6, 0x55), corrupt);
    assertWrong(IdxFiles.gzip(IdxFiles.of(new int[] {2, 3}, 1, 2, 3, 4)), "is cut off: [2, 3]");
    assertWrong(IdxFiles.gzip(IdxFiles.of(new int[] {3}, 1, 2, 3, 4)), "has bytes left over");
    assertWrong(IdxFiles.gzip(IdxFiles.of(new int[] {1 << 30})), "more than a file of its size");
  }

  private static byte[] with(byte[] file, int at, int value) {
    byte[] changed = file.clone();
    changed[at] = (byte) value;
    return changed;
  }

  private void assertWrong(byte[] file, String problem) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith(folder.resolve("file").toString() + ": ")
        .hasMessageContaining(problem);
  }

  private Idx read(byte[] content) throws IOException {
    Path file = folder.resolve("file");
    Files.write(file, content);
    return Idx.read(file);
  }

  @BeforeContainer
  static void makeAFileToDamage() throws IOException {
    fuzzed = Files.createTempFile("damaged", ".idx");
  }

  @AfterContainer
  static void removeIt() throws IOException {
    Files.deleteIfExists(Objects.requireNonNull(fuzzed));
  }

  /** Whatever happens to a file's bytes, it is read or refused; nothing else comes out. */
  @Property(tries = 1000)
  void aDamagedFileIsRefusedOrRead(
      @ForAll boolean zipped,
      @ForAll @IntRange(max = 60) int at,
      @ForAll byte value,
      @ForAll @IntRange(max = 60) int cut)
      throws IOException {
    byte[] whole = IdxFiles.of(new int[] {2, 3}, 1, 2, 3, 4, 5, 6);
    byte[] file = zipped ? IdxFiles.gzip(whole) : whole;
    file[at % file.length] = value;
    Path path = Objects.requireNonNull(fuzzed);
    Files.write(path, at % 3 == 0 ? Arrays.copyOf(file, Math.min(cut, file.length)) : file);
    try {
      assertThat(Idx.read(path).values().length).isLessThanOrEqualTo(6);
    } catch (FormatException refused) {
      assertThat(refused).hasMessageStartingWith(path + ": ");
    }
  }
}
