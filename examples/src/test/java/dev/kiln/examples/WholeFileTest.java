package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  @TempDir private Path folder;

  @Test
  void aFolderThatMayNotBeWrittenToIsNamedBeforeTheWork() {
    // the JDK's own classes, which nobody may write to, root included
    Path closed = Path.of(URI.create("jrt:/java.base"));

    assertThatThrownBy(() -> WholeFile.check(closed.resolve("a.json")))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessage(closed.toString());
    assertThatThrownBy(() -> WholeFile.check(closed.resolve("module-info.class")))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessage(closed.resolve("module-info.class").toString());
    assertThatCode(() -> WholeFile.check(folder.resolve("a.json"))).doesNotThrowAnyException();
  }

  @Test
  void aLinkStaysOneAndItsFileIsWritten() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "before");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    WholeFile.write(link, place -> Files.writeString(place, "after"));

    assertThat(link).isSymbolicLink();
    assertThat(file).hasContent("after");
    assertThat(folder).isDirectoryNotContaining("glob:**part*");
  }

  @Test
  void whatIsNoFileIsWrittenToWhereItIs() throws IOException {
    Path nothing = Path.of("/dev/null");
    if (Files.exists(nothing)) {
      WholeFile.write(nothing, place -> assertThat(place).isEqualTo(nothing));
      assertThat(Files.isRegularFile(nothing)).isFalse();
    }
  }
}
