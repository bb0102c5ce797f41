package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressTest {
  private static final String WIPED = "\r" + " ".repeat(79) + "\r";

  @TempDir private Path folder;

  @AfterEach
  void noTerminal() {
    System.clearProperty("kiln.terminal");
  }

  private Path terminal() throws IOException {
    Path terminal = Files.createFile(folder.resolve("terminal"));
    System.setProperty("kiln.terminal", terminal.toString());
    return terminal;
  }

  @Test
  void theBarNeverWrapsAndIsTakenAwayInTheEnd() throws IOException {
    Path terminal = terminal();
    try (Progress progress = new Progress("Epoch 1/2", 10_000, "images")) {
      progress.at(5_000, "a note that is far longer than what there is room for beside a bar");
    }
    String drawn = Files.readString(terminal);
    assertThat(drawn).contains("\rEpoch 1/2  50% |").endsWith(WIPED);
    assertThat(drawn.split("\r")).allMatch(line -> line.length() <= 79);
  }

  @Test
  void aLineTakesThePlaceOfTheBar() throws IOException {
    Path terminal = terminal();
    try (Progress progress = new Progress("tune", 10, "works")) {
      progress.above(() -> append(terminal, "a line\n"));
    }
    assertThat(Files.readString(terminal)).contains(WIPED + "a line\n");
  }

  @Test
  void withoutATerminalThereIsOnlyTheLine() throws IOException {
    Path lines = Files.createFile(folder.resolve("lines"));
    System.setProperty("kiln.terminal", folder.toString()); // which is no file to write to
    try (Progress progress = new Progress("tune", 10, "works")) {
      progress.at(1, "");
      progress.above(() -> append(lines, "a line\n"));
    }
    assertThat(lines).hasContent("a line\n");
  }

  private static void append(Path file, String text) {
    try {
      Files.writeString(file, text, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
