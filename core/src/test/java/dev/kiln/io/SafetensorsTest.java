package dev.kiln.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
  private static @Nullable Path fuzzed;

  @TempDir Path folder;

  @Test
  void whatWasWrittenIsReadBackInOrder() throws IOException {
    float[] large = new float[200_001];
    for (int i = 0; i < large.length; i++) {
      large[i] = i * 0.25f;
    }
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    tensors.put("z.weight", HostTensor.of(new float[] {1, Float.NaN, -0f, 4, 5, 6}, 2, 3));
    tensors.put("", HostTensor.of(new int[] {Integer.MIN_VALUE}));
    tensors.put("empty", HostTensor.of(new float[0], 0, 3));
    tensors.put("a \"quoted\\ name\n/ü\uD83D\uDD25", HostTensor.of(large, 200_001));
    Path file = folder.resolve("weights.safetensors");
    Safetensors.write(file, tensors);

    Map<String, HostTensor> back = Safetensors.read(file);
    assertThat(back.keySet()).containsExactlyElementsOf(tensors.keySet());
    tensors.forEach(
        (name, tensor) -> {
          HostTensor other = named(back, name);
          assertThat(other.shape()).isEqualTo(tensor.shape());
          assertThat(other.dtype()).isEqualTo(tensor.dtype());
        });
    assertThat(named(back, "z.weight").floats()).isEqualTo(named(tensors, "z.weight").floats());
    assertThat(named(back, "").ints()).containsExactly(Integer.MIN_VALUE);
    assertThat(named(back, "a \"quoted\\ name\n/ü\uD83D\uDD25").floats()).isEqualTo(large);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  /** What Python's library writes, its metadata and the order of its keys included. */
  @Test
  void aFileOfPythonsLibraryIsRead() throws IOException {
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
            + "\"w\":{\"shape\":[2],\"data_offsets\":[8,16],\"dtype\":\"F32\"}}   ";
    Map<String, HostTensor> tensors =
        read(file(header, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40));
    assertThat(tensors.keySet()).containsExactly("n", "w");
    assertThat(named(tensors, "n").ints()).containsExactly(0);
    assertThat(named(tensors, "w").floats()).containsExactly(1, 2);
  }

  @Test
  void halvesAndDoublesAreReadAsFloats() throws IOException {
    String header =
        "{\"h\":{\"dtype\":\"F16\",\"shape\":[6],\"data_offsets\":[0,12]},"
            + "\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[12,16]},"
            + "\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[16,24]}}";
    int[] halves = {0x00, 0x3c, 0x00, 0xc1, 0xff, 0x7b, 0x01, 0x00, 0x00, 0x7c, 0x01, 0x7e};
    int[] brains = {0x80, 0x3f, 0x20, 0xc0};
    int[] doubles = {0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f};
    int[] data =
        IntStream.of(0, 1, 2)
            .flatMap(i -> Arrays.stream(i == 0 ? halves : i == 1 ? brains : doubles))
            .toArray();
    Map<String, HostTensor> tensors = read(file(header, data));
    assertThat(named(tensors, "h").floats())
        .containsExactly(1, -2.5f, 65504, 0x1p-24f, Float.POSITIVE_INFINITY, Float.NaN);
    assertThat(named(tensors, "b").floats()).containsExactly(1, -2.5f);
    assertThat(named(tensors, "d").floats()).containsExactly(0.1f);
  }

  @Test
  void theDataBeginAtAMultipleOfEight() throws IOException {
    Path file = folder.resolve("weights.safetensors");
    Safetensors.write(file, Map.of("odd", HostTensor.of(new float[1], 1)));
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.getLong() % 8).isZero();
  }

  @Test
  void saysWhatIsWrongWithAFile() throws IOException {
    assertWrong(new byte[7], "has 7 bytes");
    assertWrong("a text file that is long".getBytes(StandardCharsets.UTF_8), "claims a header of");
    assertWrong(
        file(one("F32", "[1]", "[0,4]"), 0, 0, 0), "is cut off: its tensors take 4 bytes, 3");
    assertWrong(file(one("F32", "[1]", "[0,4]"), 0, 0, 0, 0, 0), "has bytes left over");
    assertWrong(
        file(one("F32", "[1]", "[4,8]"), 0, 0, 0, 0, 0, 0, 0, 0), "begin at 4, those before");
    assertWrong(file(one("F32", "[2]", "[0,4]"), 0, 0, 0, 0), "which is not its size");
    assertWrong(file(one("F32", "[2]", "[8,0]")), "which is not its size");
    assertWrong(
        file(one("U8", "[2]", "[0,2]"), 0, 0), "is U8; F32, F16, BF16, F64, I32 and I64 are read");
    assertWrong(
        file(one("F64", "[1]", "[0,8]"), 0, 0, 0, 0, 0, 0, 0xe0, 0x7f),
        "element 0 of \"a\" is 8.98846567431158E307, beyond float32");
    assertWrong(file(one("F32", "[65536,65536]", "[0,4]")), "more than 2^31 - 1 elements");
    assertWrong(file(one("F32", "[-1]", "[0,4]")), "expected a whole number");
    assertWrong(file(one("F32", "[1]", "[0,99999999999999999999]")), "fits 64 bits");
    assertWrong(file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}"), "lacks data_offsets");
    assertWrong(file("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}"), "for the second time");
    assertWrong(file("{\"a\":{\"x\":{\"y\":{}}}}"), "unknown");
    assertWrong(file("{} {}"), "expected nothing after }");
    assertWrong(file("{\"a"), "expected more, found its end");
    assertWrong(file("{\"\\q\":{}}"), "is no escape");
    String a = "\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}";
    assertWrong(file("{" + a + "," + a + "}"), "names \"a\" twice");
    byte[] latin = file("{\"?\":{}}");
    latin[10] = (byte) 0xFC;
    assertWrong(latin, "the header is not UTF-8");
  }

  private static HostTensor named(Map<String, HostTensor> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  private static String one(String dtype, String shape, String offsets) {
    return "{\"a\":{\"dtype\":\""
        + dtype
        + "\",\"shape\":"
        + shape
        + ",\"data_offsets\":"
        + offsets
        + "}}";
  }

  private void assertWrong(byte[] file, String problem) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("a.safetensors: ")
        .hasMessageContaining(problem);
  }

  private Map<String, HostTensor> read(byte[] content) throws IOException {
    Path file = folder.resolve("a.safetensors");
    Files.write(file, content);
    return Safetensors.read(file);
  }

  private static byte[] file(String header, int... data) {
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length() + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
    for (int value : data) {
      bytes.put((byte) value);
    }
    return bytes.array();
  }

  @BeforeContainer
  static void makeAFileToDamage() throws IOException {
    fuzzed = Files.createTempFile("damaged", ".safetensors");
  }

  @AfterContainer
  static void removeIt() throws IOException {
    Files.deleteIfExists(Objects.requireNonNull(fuzzed));
  }

  /** Whatever happens to a file's bytes, it is read or refused; nothing else comes out. */
  @Property(tries = 1000)
  void aDamagedFileIsRefusedOrRead(
      @ForAll @IntRange(max = 200) int at, @ForAll byte value, @ForAll @IntRange(max = 200) int cut)
      throws IOException {
    byte[] whole =
        file(
            "{\"__metadata__\":{\"k\":\"v\\u00fc\"},\"a\":{\"dtype\":\"F32\",\"shape\":[1,1],"
                + "\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"I64\",\"shape\":[1],"
                + "\"data_offsets\":[4,12]}}",
            new int[12]);
    whole[at % whole.length] = value;
    byte[] damaged = at % 3 == 0 ? Arrays.copyOf(whole, Math.min(cut, whole.length)) : whole;
    Path file = Objects.requireNonNull(fuzzed);
    Files.write(file, damaged);
    try {
      Map<String, HostTensor> tensors = Safetensors.read(file);
      tensors.values().forEach(tensor -> assertThat(tensor.size()).isLessThanOrEqualTo(3));
    } catch (FormatException refused) {
      assertThat(refused).hasMessageStartingWith(file + ": ");
    }
  }
}
