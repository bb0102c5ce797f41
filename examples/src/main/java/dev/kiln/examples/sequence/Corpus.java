package dev.kiln.examples.sequence;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A text to learn from.
 *
 * @param origin where it is from, for people
 */
record Corpus(String text, String origin) {
  private static final String SHIPPED = "moby-dick.txt.gz";
  private static final long LARGEST = 256L << 20;

  /**
   * What the user names, else the novel that ships with Kiln.
   *
   * @param named a text in UTF-8, which may be compressed with gzip, or null
   * @throws IOException if it cannot be read or is no such text
   */
  static Corpus choose(@Nullable Path named) throws IOException {
    if (named != null) {
      if (Files.isDirectory(named)) {
        throw new IOException(named + " is a folder; --text names a file");
      }
      long size = Files.size(named);
      if (size > LARGEST) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "%s has %,d bytes; a text of up to %,d is read",
                named,
                size,
                LARGEST));
      }
      try (InputStream content = Files.newInputStream(named)) {
        return new Corpus(read(named.toString(), content), named.toString());
      }
    }
    try (InputStream content = Corpus.class.getResourceAsStream(SHIPPED)) {
      if (content == null) {
        throw new IOException("this build of Kiln comes without its " + SHIPPED);
      }
      return new Corpus(
          read(SHIPPED, content), "Moby Dick by Herman Melville, which comes with Kiln");
    }
  }

  /** Lines end in {@code \n} whatever they ended in. */
  private static String read(String name, InputStream content) throws IOException {
    byte[] bytes = content.readNBytes((int) LARGEST);
    if (bytes.length > 1 && bytes[0] == 0x1f && (bytes[1] & 0xff) == 0x8b) {
      try (InputStream text = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
        bytes = text.readNBytes((int) LARGEST);
      } catch (IOException e) {
        throw new IOException(name + " is damaged: " + e.getMessage(), e);
      }
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.replace("\r\n", "\n").replace('\r', '\n');
    } catch (CharacterCodingException e) {
      throw new IOException(name + " is no text in UTF-8", e);
    }
  }
}
