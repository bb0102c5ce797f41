package dev.kiln.data;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.io.FormatException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A file in the format that MNIST comes in: two zero bytes, the element type, the number of
 * dimensions, their extents in big-endian, the elements. Unsigned bytes are read, raw or gzip'd;
 * the content tells which, not the name.
 */
public final class Idx {
  private static final int UNSIGNED_BYTE = 0x08;
  private static final int MAX_BYTES = 1 << 30;

  /** Deflate makes nothing smaller than by this factor. */
  private static final long MAX_DEFLATION = 1032;

  private final Shape shape;
  private final byte[] values;

  private Idx(Shape shape, byte[] values) {
    this.shape = shape;
    this.values = values;
  }

  public Shape shape() {
    return shape;
  }

  /** The elements themselves, row-major, unsigned; no copy. */
  public byte[] values() {
    return values;
  }

  /**
   * Reads a file.
   *
   * @throws FormatException if it is cut off, corrupt, has bytes left over, or is no idx file of
   *     unsigned bytes
   */
  public static Idx read(Path file) throws IOException {
    long size = Files.size(file);
    try (BufferedInputStream raw = new BufferedInputStream(Files.newInputStream(file))) {
      boolean zipped = isGzip(raw);
      InputStream in = zipped ? new GZIPInputStream(raw, 1 << 16) : raw;
      return read(file.toString(), in, zipped ? size * MAX_DEFLATION : size);
    } catch (EOFException | ZipException e) {
      throw new FormatException(
          file.toString(), "the gzip data are cut off or corrupt (" + e.getMessage() + ")", e);
    }
  }

  private static boolean isGzip(InputStream in) throws IOException {
    in.mark(2);
    boolean zipped = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    return zipped;
  }

  /**
   * @param most bytes that there can be: whatever a header claims, no more is asked for
   */
  private static Idx read(String file, InputStream in, long most) throws IOException {
    byte[] magic = in.readNBytes(4);
    if (magic.length < 4 || magic[0] != 0 || magic[1] != 0) {
      throw new FormatException(
          file,
          "is no idx file: it begins with "
              + Arrays.toString(magic)
              + ", not with two zeros, a type and a number of dimensions");
    }
    if (magic[2] != UNSIGNED_BYTE) {
      throw new FormatException(
          file, "holds elements of type " + magic[2] + "; unsigned bytes (type 8) are read");
    }
    Shape shape = shape(file, in, magic[3]);
    int expected = shape.size();
    if (expected > Math.min(most, MAX_BYTES)) {
      throw new FormatException(
          file,
          "claims "
              + shape
              + " = "
              + expected
              + " elements, more than "
              + (most < MAX_BYTES ? "a file of its size can hold: it is cut off" : "are read")
              + " or corrupt");
    }
    byte[] values = in.readNBytes(expected);
    if (values.length < expected) {
      throw new FormatException(
          file,
          "is cut off: "
              + shape
              + " takes "
              + expected
              + " bytes, "
              + values.length
              + " are there");
    }
    if (in.read() >= 0) {
      throw new FormatException(file, "has bytes left over after the " + expected + " of " + shape);
    }
    return new Idx(shape, values);
  }

  private static Shape shape(String file, InputStream in, int rank) throws IOException {
    if (rank < 1 || rank > Shape.MAX_RANK) {
      throw new FormatException(
          file, "has " + rank + " dimensions; 1 to " + Shape.MAX_RANK + " are read");
    }
    byte[] bytes = in.readNBytes(rank * Integer.BYTES);
    if (bytes.length < rank * Integer.BYTES) {
      throw new FormatException(file, "is cut off in its header");
    }
    int[] extents = new int[rank];
    ByteBuffer.wrap(bytes).asIntBuffer().get(extents);
    try {
      return Shape.of(extents);
    } catch (ShapeException e) {
      throw new FormatException(file, "is corrupt: " + e.getMessage(), e);
    }
  }
}
