package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache that can hold nothing, as one of a file system that is read only. */
class UnwritableCacheTest {
  private static final Logger LOGGER = Logger.getLogger("dev.kiln.gpu");

  @TempDir private Path folder;

  private final List<String> log = new ArrayList<>();
  private final Handler handler = listing(log);
  private @Nullable String cacheBefore;
  private Path cache = Path.of("none");

  @BeforeEach
  void takeAFileForTheCache() throws IOException {
    Devices.require("opencl:0");
    cache = Files.createFile(folder.resolve("file"));
    cacheBefore = System.getProperty("kiln.cache");
    System.setProperty("kiln.cache", cache.toString());
    LOGGER.addHandler(handler);
  }

  @AfterEach
  void restore() {
    LOGGER.removeHandler(handler);
    if (cacheBefore == null) {
      System.clearProperty("kiln.cache");
    } else {
      System.setProperty("kiln.cache", cacheBefore);
    }
  }

  @Test
  void aDemoRunsAndIsWarnedOnceForAllItsPrograms() {
    CommandRun run =
        CommandRun.of("hihello", "--device=opencl:0", "--epochs=2", "--out=" + folder.resolve("o"));

    assertThat(run.out()).contains("Epoch   2");
    assertThat(log).hasSize(1);
    assertThat(log.get(0))
        .startsWith("compiled programs cannot be kept in " + cache.resolve("opencl"))
        .contains("-Dkiln.cache=DIR");
  }

  @Test
  void tuningSaysThatItHasNoPlaceForWhatItFinds() {
    CommandRun run = CommandRun.of("tune", "--device=opencl:0", "--only=sum", "--largest=0.001");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("kiln tune: what tuning finds cannot be kept in " + cache.resolve("tuning"))
        .contains("-Dkiln.cache=DIR")
        .hasLineCount(1);
  }

  private static Handler listing(List<String> log) {
    return new Handler() {
      @Override
      public void publish(LogRecord record) {
        log.add(new SimpleFormatter().formatMessage(record));
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }
}
