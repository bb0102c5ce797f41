package dev.kiln.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;

/** The bytes of small made-up idx files. */
final class IdxFiles {
  private IdxFiles() {}

  static byte[] of(int[] extents, int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * extents.length + values.length);
    bytes.put((byte) 0).put((byte) 0).put((byte) 8).put((byte) extents.length);
    for (int extent : extents) {
      bytes.putInt(extent);
    }
    for (int value : values) {
      bytes.put((byte) value);
    }
    return bytes.array();
  }

  static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(content);
    }
    return zipped.toByteArray();
  }
}
