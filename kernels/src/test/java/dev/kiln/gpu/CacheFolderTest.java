package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
  @Test
  void theCacheIsWhereTheSystemKeepsWhatCanBeFetchedAgain() {
    assertThat(CacheFolder.ofUser("Linux", "/home/ada", Map.of()))
        .isEqualTo(Path.of("/home/ada/.cache/kiln"));
    assertThat(CacheFolder.ofUser("Mac OS X", "/Users/ada", Map.of()))
        .isEqualTo(Path.of("/Users/ada/Library/Caches/kiln"));
    assertThat(CacheFolder.ofUser("Windows 11", "/Users/ada", Map.of()))
        .isEqualTo(Path.of("/Users/ada/AppData/Local/kiln"));
  }

  @Test
  void theVariableOfTheXdgSpecificationIsHeededUnlessItIsRelativeOrEmpty() {
    assertThat(CacheFolder.ofUser("Linux", "/home/ada", Map.of("XDG_CACHE_HOME", "/fast")))
        .isEqualTo(Path.of("/fast/kiln"));
    for (String ignored : List.of("fast", "./fast", "../fast", "~/fast", "")) {
      assertThat(CacheFolder.ofUser("Linux", "/home/ada", Map.of("XDG_CACHE_HOME", ignored)))
          .isEqualTo(Path.of("/home/ada/.cache/kiln"));
    }
  }

  @Test
  void eachSystemHeedsItsOwnVariable() {
    Map<String, String> both = Map.of("LOCALAPPDATA", "/local", "XDG_CACHE_HOME", "/fast");
    assertThat(CacheFolder.ofUser("Windows 11", "/Users/ada", both))
        .isEqualTo(Path.of("/local/kiln"));
    assertThat(CacheFolder.ofUser("Linux", "/home/ada", Map.of("LOCALAPPDATA", "/local")))
        .isEqualTo(Path.of("/home/ada/.cache/kiln"));
  }
}
