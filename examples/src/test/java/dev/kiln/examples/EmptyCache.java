package dev.kiln.examples;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** For tests that are not to depend on which data sets the user's cache has. */
public interface EmptyCache {
  @BeforeEach
  default void emptyCache(@TempDir Path cache) {
    System.setProperty("kiln.data", cache.toString());
  }

  @AfterEach
  default void usualCache() {
    System.clearProperty("kiln.data");
  }
}
