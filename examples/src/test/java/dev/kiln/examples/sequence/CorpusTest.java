package dev.kiln.examples.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {
  @TempDir private Path folder;

  @Test
  void mobyDickShips() throws IOException {
    String text = Corpus.choose(null).text();

    assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSize(1_204_997);
    assertThat(text)
        .startsWith("CHAPTER 1. Loomings.\n\nCall me Ishmael. Some years ago\u2014never");
    assertThat(Vocabulary.ofCharacters(text).size()).isEqualTo(83);
  }

  @Test
  void aTextIsReadRawOrCompressedWithItsLineEndsMadeOne() throws IOException {
    Path plain = Files.writeString(folder.resolve("plain"), "a\u00e9\r\nb\rc\n");
    Path gzip = folder.resolve("gzip");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gzip))) {
      out.write(Files.readAllBytes(plain));
    }

    assertThat(Corpus.choose(plain).text()).isEqualTo("a\u00e9\nb\nc\n");
    assertThat(Corpus.choose(gzip).text()).isEqualTo("a\u00e9\nb\nc\n");
    assertThat(Corpus.choose(plain).origin()).isEqualTo(plain.toString());
  }

  @Test
  void whatIsNoUtf8IsRefused() throws IOException {
    Path latin = Files.write(folder.resolve("latin"), new byte[] {'a', (byte) 0xe9, 'b'});

    assertThatThrownBy(() -> Corpus.choose(latin)).hasMessage(latin + " is no text in UTF-8");
  }

  @Test
  void aDamagedFileAndAFolderAreNamed() throws IOException {
    Path cut = Files.write(folder.resolve("cut"), new byte[] {0x1f, (byte) 0x8b, 8, 0});

    assertThatThrownBy(() -> Corpus.choose(cut)).hasMessageStartingWith(cut + " is damaged: ");
    assertThatThrownBy(() -> Corpus.choose(folder))
        .hasMessage(folder + " is a folder; --text names a file");
  }
}
