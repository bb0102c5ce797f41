package dev.kiln.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Shape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpyTest {
  @TempDir Path folder;

  @Test
  void whatWasWrittenIsReadBack() throws IOException {
    Path file = folder.resolve("a.npy");
    for (int[] shape : new int[][] {{}, {3}, {2, 3}, {0}, {4, 0, 2}, {1, 1, 1, 1, 1, 1, 1, 2}}) {
      int size = Shape.of(shape).size();
      float[] floats = new float[size];
      int[] ints = new int[size];
      for (int i = 0; i < size; i++) {
        floats[i] = i - 0.5f;
        ints[i] = Integer.MIN_VALUE + i;
      }
      Npy.write(file, HostTensor.of(floats, shape));
      assertThat(Npy.read(file).shape().toArray()).isEqualTo(shape);
      assertThat(Npy.read(file).floats()).isEqualTo(floats);
      Npy.write(file, HostTensor.of(ints, shape));
      assertThat(Npy.read(file).ints()).isEqualTo(ints);
    }
  }

  /** Header and data as NumPy lays out {@code np.float32([[1, 2], [3, 4]])}. */
  @Test
  void aFileLooksAsNumpyWritesIt() throws IOException {
    String dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
    byte[] numpy =
        file(1, dictionary + " ".repeat(118 - dictionary.length() - 1) + "\n", 1, 2, 3, 4);
    assertThat(numpy).hasSize(128 + 16);
    assertThat(read(numpy).floats()).containsExactly(1, 2, 3, 4);

    Path ours = folder.resolve("ours.npy");
    Npy.write(ours, HostTensor.of(new float[] {1, 2, 3, 4}, 2, 2));
    assertThat(Files.readAllBytes(ours))
        .hasSize(128 + 16)
        .startsWith(0x93, 'N', 'U', 'M', 'P', 'Y');
  }

  @Test
  void int64IsReadWhereItFitsInt32() throws IOException {
    String header = "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }\n";
    assertThat(read(file(1, header, Float.intBitsToFloat(7), 0, nan(-1), nan(-1))).ints())
        .containsExactly(7, -1);
    assertThatThrownBy(() -> read(file(1, header, 0, 0, 0, Float.intBitsToFloat(1))))
        .isInstanceOf(FormatException.class)
        .hasMessage("a.npy: element 1 is 4294967296, beyond int32");
  }

  private static float nan(int bits) {
    return Float.intBitsToFloat(bits);
  }

  @Test
  void versionsTwoAndThreeHaveALongerHeader() throws IOException {
    String header = "{'shape': (), 'fortran_order': False, 'descr': '<f4'}\n";
    assertThat(read(file(2, header, 5)).floats()).containsExactly(5);
    assertThat(read(file(3, header, 5)).shape().rank()).isZero();
  }

  @Test
  void saysWhatIsWrongWithAFile() {
    assertWrong(new byte[3], "has 3 bytes: no npy file is so short");
    assertWrong("PK\3\4 a zip file".getBytes(StandardCharsets.UTF_8), "is no npy file");
    assertWrong(
        header("'<f4'", "False", "(3,)"), "is cut off: [3] of <f4 takes 12 bytes of data, 0");
    assertWrong(header("'<f4'", "False", "(1,)", 1, 2), "has bytes left over");
    assertWrong(header("'<f8'", "False", "(0,)"), "dtype '<f8' is not read");
    assertWrong(header("'<f4'", "True", "(0, 2)"), "is in Fortran order");
    assertWrong(header("'<f4'", "Maybe", "(0,)"), "expected True or False");
    assertWrong(header("'<f4'", "False", "(99999, 99999)"), "more than 2^31 - 1 elements");
    assertWrong(header("'<f4'", "False", "(99999999999)"), "beyond 2^31 - 1");
    assertWrong(header("'<f4'", "False", "(3)"), "expected , after the first extent");
    assertWrong(header("'<f4'", "False", "(-1,)"), "expected a whole number");
    assertWrong(header("'<f4'", "False", "(0,), 'shape': (0,)"), "each once");
    assertWrong(file(9, "{}"), "npy version 9");
    assertWrong(file(1, "{'descr': '<f4'}"), "the header lacks 'fortran_order'");
  }

  private static byte[] header(String descr, String order, String shape, float... values) {
    return file(
        1,
        "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + "}\n",
        values);
  }

  private static void assertWrong(byte[] file, String problem) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("a.npy: ")
        .hasMessageContaining(problem);
  }

  /** Whatever happens to a file's bytes, it is read or refused; nothing else comes out. */
  @Property(tries = 1000)
  void aDamagedFileIsRefusedOrRead(
      @ForAll @IntRange(max = 143) int at, @ForAll byte value, @ForAll @IntRange(max = 144) int cut)
      throws IOException {
    byte[] whole =
        file(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }\n", 1, 2, 3, 4);
    whole[at % whole.length] = value;
    ByteArrayOutputStream damaged = new ByteArrayOutputStream();
    damaged.write(whole, 0, at % 3 == 0 ? Math.min(cut, whole.length) : whole.length);
    try {
      assertThat(read(damaged.toByteArray()).size()).isLessThanOrEqualTo(4);
    } catch (FormatException refused) {
      assertThat(refused).hasMessageStartingWith("a.npy: ");
    }
  }

  private static HostTensor read(byte[] file) throws IOException {
    return Npy.read(new ByteArrayInputStream(file), "a.npy");
  }

  private static byte[] file(int version, String header, float... values) {
    int lengthBytes = version == 1 ? 2 : 4;
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + lengthBytes + header.length() + 4 * values.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) version).put((byte) 0);
    if (version == 1) {
      bytes.putShort((short) header.length());
    } else {
      bytes.putInt(header.length());
    }
    bytes.put(header.getBytes(StandardCharsets.US_ASCII));
    for (float value : values) {
      bytes.putInt(Float.floatToRawIntBits(value));
    }
    return bytes.array();
  }
}
