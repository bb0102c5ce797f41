package dev.kiln.io;

import dev.kiln.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Named tensors in one file, as the Python world keeps weights: eight bytes with the length of a
 * JSON header, the header, the data. Reads F32, F16, BF16 and F64 as float32, the last rounded, I32
 * and I64 as int32; refuses numbers that have no place there. Writes F32 and I32. Nothing in a file
 * is ever executed.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class Safetensors {
  /** The largest header that the format's own library reads. */
  private static final long MAX_HEADER = 100_000_000;

  private static final int CHUNK = 1 << 16;

  private Safetensors() {}

  /**
   * Reads every tensor of a file, in the order of its header.
   *
   * @throws FormatException if the file is cut off, corrupt, a folder, or holds a dtype that is not
   *     read
   */
  public static Map<String, HostTensor> read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FormatException(file.toString(), "is a folder, not a safetensors file");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      String name = file.toString();
      long size = channel.size();
      if (size < Long.BYTES) {
        throw new FormatException(
            name,
            "has " + size + " bytes: a safetensors file begins with 8 for its header's length");
      }
      long length = exactly(name, channel, Long.BYTES).getLong();
      if (length < 0 || length > Math.min(MAX_HEADER, size - Long.BYTES)) {
        throw new FormatException(
            name,
            "claims a header of "
                + Long.toUnsignedString(length)
                + " bytes, but has "
                + size
                + " in all (at most "
                + MAX_HEADER
                + " are read): it is cut off or no safetensors file");
      }
      ByteBuffer header = exactly(name, channel, (int) length);
      long data = size - Long.BYTES - length;
      Map<String, HostTensor> tensors = new LinkedHashMap<>();
      for (SafetensorsHeader.Entry entry :
          SafetensorsHeader.parse(name, decode(name, header), data)) {
        channel.position(Long.BYTES + length + entry.begin());
        tensors.put(entry.name(), values(name, entry, channel));
      }
      return tensors;
    }
  }

  private static String decode(String file, ByteBuffer utf8) throws FormatException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      throw new FormatException(file, "the header is not UTF-8", e);
    }
  }

  private static HostTensor values(String file, SafetensorsHeader.Entry entry, FileChannel channel)
      throws IOException {
    int n = entry.shape().size();
    float[] floats = new float[entry.isFloat() ? n : 0];
    int[] ints = new int[entry.isFloat() ? 0 : n];
    for (int done = 0; done < n; ) {
      int count = Math.min(CHUNK, n - done);
      ByteBuffer chunk = exactly(file, channel, count * entry.elementBytes());
      switch (entry.dtype()) {
        case "F32" -> chunk.asFloatBuffer().get(floats, done, count);
        case "I32" -> chunk.asIntBuffer().get(ints, done, count);
        default -> {
          for (int i = done; i < done + count; i++) {
            switch (entry.dtype()) {
              case "F16" -> floats[i] = half(chunk.getShort());
              case "BF16" -> floats[i] = Float.intBitsToFloat(chunk.getShort() << 16);
              case "F64" -> floats[i] = narrow(file, entry, i, chunk.getDouble());
              default -> ints[i] = narrow(file, entry, i, chunk.getLong());
            }
          }
        }
      }
      done += count;
    }
    return entry.isFloat()
        ? HostTensor.of(floats, entry.shape())
        : HostTensor.of(ints, entry.shape());
  }

  /** A number of IEEE 754's binary16: every one is a float. */
  static float half(short bits) {
    int exponent = bits >> 10 & 0x1F;
    int fraction = bits & 0x3FF;
    float value =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24f;
          case 0x1F -> Float.intBitsToFloat(0x7F800000 | fraction << 13);
          default -> Float.intBitsToFloat(exponent + 127 - 15 << 23 | fraction << 13);
        };
    return bits < 0 ? -value : value;
  }

  private static float narrow(String file, SafetensorsHeader.Entry entry, int i, double value)
      throws FormatException {
    float narrow = (float) value;
    if (Float.isInfinite(narrow) && !Double.isInfinite(value)) {
      throw new FormatException(
          file, "element " + i + " of \"" + entry.name() + "\" is " + value + ", beyond float32");
    }
    return narrow;
  }

  private static int narrow(String file, SafetensorsHeader.Entry entry, int i, long value)
      throws FormatException {
    if ((int) value != value) {
      throw new FormatException(
          file, "element " + i + " of \"" + entry.name() + "\" is " + value + ", beyond int32");
    }
    return (int) value;
  }

  private static ByteBuffer exactly(String file, FileChannel channel, int bytes)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new FormatException(file, "became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  /**
   * Writes tensors in the map's order. The file appears whole or not at all: it is written beside
   * its place and moved there.
   */
  public static void write(Path file, Map<String, HostTensor> tensors) throws IOException {
    Path partial = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (FileChannel channel =
          FileChannel.open(
              partial,
              StandardOpenOption.WRITE,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        write(channel, tensors);
      }
      Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private static void write(FileChannel channel, Map<String, HostTensor> tensors)
      throws IOException {
    byte[] header = SafetensorsHeader.write(tensors).getBytes(StandardCharsets.UTF_8);
    ByteBuffer start =
        ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
    start.putLong(header.length).put(header).flip();
    drain(start, channel);

    ByteBuffer chunk = ByteBuffer.allocate(CHUNK * DType.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (HostTensor tensor : tensors.values()) {
      for (int done = 0; done < tensor.size(); ) {
        int count = Math.min(CHUNK, tensor.size() - done);
        chunk.clear().limit(count * DType.BYTES);
        if (tensor.dtype() == DType.FLOAT32) {
          chunk.asFloatBuffer().put(tensor.floats(), done, count);
        } else {
          chunk.asIntBuffer().put(tensor.ints(), done, count);
        }
        drain(chunk, channel);
        done += count;
      }
    }
  }

  private static void drain(ByteBuffer bytes, FileChannel channel) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
