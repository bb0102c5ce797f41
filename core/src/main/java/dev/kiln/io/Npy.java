package dev.kiln.io;

import dev.kiln.DType;
import dev.kiln.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * NumPy's array files ({@code .npy}, format versions 1 to 3): little-endian float32, int32 and
 * int64 in C order, the last as int32 where every value fits. Described in NumPy's {@code
 * numpy.lib.format}.
 */
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** The header is padded so that the data begin at a multiple of this. */
  private static final int ALIGNMENT = 64;

  private static final long MAX_BYTES = Integer.MAX_VALUE - 8;

  private Npy() {}

  /**
   * Reads a file.
   *
   * @throws FormatException if it is no such array, is cut off, or has bytes left over
   */
  public static HostTensor read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, file.toString(), Files.size(file));
    }
  }

  /**
   * Reads a stream to its end; the caller closes it.
   *
   * @param name what messages call it
   */
  public static HostTensor read(InputStream in, String name) throws IOException {
    byte[] all = in.readAllBytes();
    return read(new ByteArrayInputStream(all), name, all.length);
  }

  /**
   * Reads a stream of {@code size} bytes, no further, and takes no more memory than it has bytes.
   *
   * @param size as somebody claims it; what the header says has to agree before the data are read
   */
  static HostTensor read(InputStream in, String file, long size) throws IOException {
    int fixed = MAGIC.length + 2;
    if (size < fixed) {
      throw new FormatException(file, "has " + size + " bytes: no npy file is so short");
    }
    if (size > MAX_BYTES) {
      throw new FormatException(file, "has " + size + " bytes; up to " + MAX_BYTES + " are read");
    }
    ByteBuffer start = exactly(file, in, fixed);
    for (byte expected : MAGIC) {
      if (start.get() != expected) {
        throw new FormatException(file, "is no npy file: it does not begin with \\x93NUMPY");
      }
    }
    int version = start.get();
    if (version < 1 || version > 3) {
      throw new FormatException(file, "npy version " + version + "; versions 1 to 3 are read");
    }
    int lengthBytes = version == 1 ? 2 : 4;
    long left = size - fixed - lengthBytes;
    if (left < 0) {
      throw new FormatException(file, "is cut off in the header");
    }
    ByteBuffer lengthField = exactly(file, in, lengthBytes);
    long length =
        version == 1 ? lengthField.getShort() & 0xFFFF : lengthField.getInt() & 0xFFFFFFFFL;
    if (length > left) {
      throw new FormatException(
          file, "is cut off: a header of " + length + " bytes, " + left + " are there");
    }
    byte[] text = exactly(file, in, (int) length).array();
    Header header = Header.parse(file, new String(text, StandardCharsets.UTF_8));
    long expected = (long) header.shape.size() * header.elementBytes();
    if (left - length != expected) {
      throw new FormatException(
          file,
          (left - length < expected ? "is cut off: " : "has bytes left over: ")
              + header.shape
              + " of "
              + header.descr
              + " takes "
              + expected
              + " bytes of data, "
              + (left - length)
              + " are there");
    }
    return values(file, header, exactly(file, in, (int) expected));
  }

  /** The next bytes, in an array that grows as they arrive. */
  private static ByteBuffer exactly(String file, InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new FormatException(
          file, "ends after " + bytes.length + " of " + count + " bytes that should follow");
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static HostTensor values(String file, Header header, ByteBuffer bytes)
      throws FormatException {
    int n = header.shape.size();
    switch (header.descr) {
      case "<f4":
        float[] floats = new float[n];
        bytes.asFloatBuffer().get(floats);
        return HostTensor.of(floats, header.shape);
      case "<i4":
        int[] ints = new int[n];
        bytes.asIntBuffer().get(ints);
        return HostTensor.of(ints, header.shape);
      default:
        return HostTensor.of(narrow(file, bytes.asLongBuffer(), n), header.shape);
    }
  }

  private static int[] narrow(String file, LongBuffer longs, int n) throws FormatException {
    int[] values = new int[n];
    for (int i = 0; i < n; i++) {
      long value = longs.get(i);
      values[i] = (int) value;
      if (values[i] != value) {
        throw new FormatException(file, "element " + i + " is " + value + ", beyond int32");
      }
    }
    return values;
  }

  /** Writes float32 or int32 in format version 1, over whatever the file held. */
  public static void write(Path file, HostTensor tensor) throws IOException {
    Files.write(file, encode(tensor));
  }

  /** A file's content. */
  static byte[] encode(HostTensor tensor) {
    String descr = tensor.dtype() == DType.FLOAT32 ? "<f4" : "<i4";
    StringBuilder shape = new StringBuilder();
    for (int extent : tensor.shape().toArray()) {
      shape.append(extent).append(", ");
    }
    String header =
        "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + shape + "), }";
    int begin = MAGIC.length + 2 + Short.BYTES;
    int padding = Math.floorMod(-(begin + header.length() + 1), ALIGNMENT);
    header += " ".repeat(padding) + "\n";

    long bytes = begin + header.length() + (long) tensor.size() * DType.BYTES;
    ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
    content.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) header.length());
    content.put(header.getBytes(StandardCharsets.US_ASCII));
    if (tensor.dtype() == DType.FLOAT32) {
      content.asFloatBuffer().put(tensor.floats());
    } else {
      content.asIntBuffer().put(tensor.ints());
    }
    return content.array();
  }

  /** The Python dictionary that an npy file begins with. */
  private record Header(String descr, Shape shape) {
    int elementBytes() {
      return descr.equals("<i8") ? Long.BYTES : Integer.BYTES;
    }

    static Header parse(String file, String text) throws FormatException {
      Cursor cursor = new Cursor(file, text);
      String descr = null;
      String order = null;
      Shape shape = null;
      cursor.expect("{");
      while (!cursor.take("}")) {
        if (cursor.take("'descr'") && descr == null) {
          cursor.expect(":");
          descr = descr(cursor);
        } else if (cursor.take("'fortran_order'") && order == null) {
          cursor.expect(":");
          order = cursor.take("True") ? "True" : cursor.take("False") ? "False" : null;
          if (order == null) {
            throw cursor.wrong("expected True or False");
          }
        } else if (cursor.take("'shape'") && shape == null) {
          cursor.expect(":");
          cursor.expect("(");
          shape = cursor.extents(")", true);
        } else {
          throw cursor.wrong("expected 'descr', 'fortran_order' and 'shape', each once");
        }
        if (!cursor.take(",")) {
          cursor.expect("}");
          break;
        }
      }
      cursor.skipSpaces();
      if (!cursor.atEnd()) {
        throw cursor.wrong("expected nothing after }");
      }
      return checked(file, descr, order, shape);
    }

    private static String descr(Cursor cursor) throws FormatException {
      cursor.expect("'");
      StringBuilder descr = new StringBuilder();
      for (char c = cursor.next(); c != '\''; c = cursor.next()) {
        descr.append(c);
      }
      return descr.toString();
    }

    private static Header checked(
        String file, @Nullable String descr, @Nullable String order, @Nullable Shape shape)
        throws FormatException {
      if (descr == null || order == null || shape == null) {
        throw new FormatException(
            file,
            "the header lacks "
                + (descr == null ? "'descr'" : order == null ? "'fortran_order'" : "'shape'"));
      }
      if (!descr.equals("<f4") && !descr.equals("<i4") && !descr.equals("<i8")) {
        throw new FormatException(
            file, "dtype '" + descr + "' is not read; '<f4', '<i4' and '<i8' are");
      }
      if (order.equals("True") && shape.rank() > 1) {
        throw new FormatException(
            file, "is in Fortran order; save it with numpy.ascontiguousarray(…)");
      }
      return new Header(descr, shape);
    }
  }
}
