package dev.kiln.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpzTest {
  /** NumPy 2.4's {@code savez(w=float32([[1, 2], [3, 4]]))}. */
  private static final String STORED =
      "UEsDBC0AAAAAAAAAIQBO+yB1//////////8FABQAdy5ucHkBABAAkAAAAAAAAACQAAAAAAAAAJNOVU1QWQEAdgB7"
          + "J2Rlc2NyJzogJzxmNCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCAyKSwgfSAgICAg"
          + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAACAPwAAAEAA"
          + "AEBAAACAQFBLAQItAy0AAAAAAAAAIQBO+yB1kAAAAJAAAAAFAAAAAAAAAAAAAACAAQAAAAB3Lm5weVBLBQYA"
          + "AAAAAQABADMAAADHAAAAAAA=";

  /** And its {@code savez_compressed}, of the same and {@code n=int64(7)}. */
  private static final String COMPRESSED =
      "UEsDBC0AAAAIAAAAIQBO+yB1//////////8FABQAdy5ucHkBABAAkAAAAAAAAABTAAAAAAAAAJvsF+obEMnIUMZQ"
          + "rZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CkaaOgq1CmQDLgaGBnsG"
          + "BgYHIALiBgcAUEsDBC0AAAAIAAAAIQAjuPBs//////////8FABQAbi5ucHkBABAAiAAAAAAAAABGAAAAAAAA"
          + "AJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5Gpo6CrUK"
          + "FAEudgYIAABQSwECLQMtAAAACAAAACEATvsgdVMAAACQAAAABQAAAAAAAAAAAAAAgAEAAAAAdy5ucHlQSwEC"
          + "LQMtAAAACAAAACEAI7jwbEYAAACIAAAABQAAAAAAAAAAAAAAgAGKAAAAbi5ucHlQSwUGAAAAAAIAAgBmAAAA"
          + "BwEAAAAA";

  private static @Nullable Path fuzzed;

  @TempDir Path folder;

  @Test
  void whatWasWrittenIsReadBackInOrder() throws IOException {
    Map<String, HostTensor> arrays = new LinkedHashMap<>();
    arrays.put("z/deep.weight", HostTensor.of(new float[] {1, -0f, Float.NaN}, 3, 1));
    arrays.put("ü\uD83D\uDD25", HostTensor.of(new int[] {7}));
    arrays.put("empty", HostTensor.of(new float[0], 0, 3));
    arrays.put("large", HostTensor.of(new float[300_000], 300_000));
    Path stored = folder.resolve("stored.npz");
    Path packed = folder.resolve("packed.npz");
    Npz.write(stored, arrays);
    Npz.writeCompressed(packed, arrays);
    for (Path file : new Path[] {stored, packed}) {
      Map<String, HostTensor> back = Npz.read(file);
      assertThat(back.keySet()).containsExactlyElementsOf(arrays.keySet());
      assertThat(named(back, "z/deep.weight").floats()).containsExactly(1, -0f, Float.NaN);
      assertThat(named(back, "ü\uD83D\uDD25").ints()).containsExactly(7);
      assertThat(named(back, "empty").shape().toArray()).containsExactly(0, 3);
      assertThat(named(back, "large").size()).isEqualTo(300_000);
    }
    assertThat(Files.size(packed)).isLessThan(Files.size(stored) / 100);
    Npz.write(packed, arrays);
    assertThat(packed).hasSameBinaryContentAs(stored);
    Npz.write(packed, Map.of());
    assertThat(Npz.read(packed)).isEmpty();
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(stored, packed);
    }
  }

  @Test
  void archivesOfNumpyAreRead() throws IOException {
    Map<String, HostTensor> stored = read(Base64.getDecoder().decode(STORED));
    assertThat(stored).containsOnlyKeys("w");
    assertThat(named(stored, "w").shape().toArray()).containsExactly(2, 2);
    assertThat(named(stored, "w").floats()).containsExactly(1, 2, 3, 4);
    Map<String, HostTensor> packed = read(Base64.getDecoder().decode(COMPRESSED));
    assertThat(packed.keySet()).containsExactly("w", "n");
    assertThat(named(packed, "w").floats()).containsExactly(1, 2, 3, 4);
    assertThat(named(packed, "n").dtype()).isEqualTo(DType.INT32);
    assertThat(named(packed, "n").ints()).containsExactly(7);
  }

  @Test
  void saysWhatIsWrongWithAFile() throws IOException {
    assertThatThrownBy(() -> Npz.read(folder.resolve("none.npz")))
        .isInstanceOf(NoSuchFileException.class);
    assertWrong(new byte[0], "is no zip archive");
    assertWrong(new byte[100], "is no zip archive");
    byte[] numpy = Base64.getDecoder().decode(STORED);
    assertWrong(Arrays.copyOf(numpy, 200), "is no zip archive or a damaged one");
    byte[] changed = numpy.clone();
    changed[find(numpy, Float.floatToIntBits(3))] ^= 1;
    assertWrong(changed, "a.npz, w.npy: is damaged: its checksum differs");
    assertWrong(zip("readme.txt", new byte[3]), "holds \"readme.txt\", which is no array");
    assertWrong(zip("a.npy", new byte[3]), "a.npz, a.npy: has 3 bytes: no npy file is so short");
    byte[] array = Npy.encode(HostTensor.of(new float[] {1}, 1));
    assertWrong(
        zip("a.npy", Arrays.copyOf(array, array.length + 4)), "a.npz, a.npy: has bytes left over");
  }

  /** Nothing is unpacked for a size that nobody can mean. */
  @Test
  void sizesThatTheFileCannotHoldAreRefused() throws IOException {
    byte[] array = Npy.encode(HostTensor.of(new float[1000], 1000));
    byte[] much = zip("a.npy", array);
    int central = find(much, 0x02014b50);
    put(much, central + 24, 2_000_000_000);
    assertWrong(much, "claims 2000000000 bytes, which");
    byte[] more = zip("a.npy", array);
    put(more, find(more, 0x02014b50) + 24, array.length + 4);
    assertWrong(more, "has bytes left over: [1000] of <f4 takes 4000 bytes of data, 4004");
    byte[] less = zip("a.npy", array);
    put(less, find(less, 0x02014b50) + 24, array.length - 4);
    assertWrong(less, "is cut off: [1000] of <f4 takes 4000 bytes of data, 3996");
  }

  private static void put(byte[] bytes, int at, int value) {
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
  }

  private static int find(byte[] bytes, int word) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < bytes.length - 3; i++) {
      if (buffer.getInt(i) == word) {
        return i;
      }
    }
    throw new AssertionError("no " + Integer.toHexString(word));
  }

  private static HostTensor named(Map<String, HostTensor> arrays, String name) {
    return Objects.requireNonNull(arrays.get(name), name);
  }

  private static byte[] zip(String name, byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content);
    }
    return bytes.toByteArray();
  }

  private void assertWrong(byte[] file, String problem) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("a.npz")
        .hasMessageContaining(problem);
  }

  private Map<String, HostTensor> read(byte[] content) throws IOException {
    Path file = folder.resolve("a.npz");
    Files.write(file, content);
    return Npz.read(file);
  }

  @BeforeContainer
  static void makeAFileToDamage() throws IOException {
    fuzzed = Files.createTempFile("damaged", ".npz");
  }

  @AfterContainer
  static void removeIt() throws IOException {
    Files.deleteIfExists(Objects.requireNonNull(fuzzed));
  }

  /** Whatever happens to a file's bytes, it is read or refused; nothing else comes out. */
  @Property(tries = 1000)
  void aDamagedFileIsRefusedOrRead(
      @ForAll boolean compressed,
      @ForAll @IntRange(max = 386) int at,
      @ForAll byte value,
      @ForAll @IntRange(max = 386) int cut)
      throws IOException {
    byte[] whole = Base64.getDecoder().decode(compressed ? COMPRESSED : STORED);
    whole[at % whole.length] = value;
    byte[] damaged = at % 5 == 0 ? Arrays.copyOf(whole, Math.min(cut, whole.length)) : whole;
    Path file = Objects.requireNonNull(fuzzed);
    Files.write(file, damaged);
    try {
      Npz.read(file).values().forEach(array -> assertThat(array.size()).isLessThanOrEqualTo(4));
    } catch (FormatException refused) {
      assertThat(refused).hasMessageStartingWith(file.toString());
    }
  }
}
