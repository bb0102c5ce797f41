package dev.kiln.examples.mnist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MnistCacheTest {
  @Test
  void theCacheIsWhereTheSystemKeepsWhatCanBeFetchedAgain() {
    assertThat(MnistCache.directory("Linux", "/home/ada", Map.of()))
        .isEqualTo(Path.of("/home/ada/.cache/kiln"));
    assertThat(MnistCache.directory("Mac OS X", "/Users/ada", Map.of()))
        .isEqualTo(Path.of("/Users/ada/Library/Caches/kiln"));
    assertThat(MnistCache.directory("Windows 11", "/Users/ada", Map.of()))
        .isEqualTo(Path.of("/Users/ada/AppData/Local/kiln"));
  }

  @Test
  void theVariableOfTheXdgSpecificationIsHeededUnlessItIsRelativeOrEmpty() {
    assertThat(MnistCache.directory("Linux", "/home/ada", Map.of("XDG_CACHE_HOME", "/fast")))
        .isEqualTo(Path.of("/fast/kiln"));
    for (String ignored : List.of("fast", "./fast", "../fast", "~/fast", "")) {
      assertThat(MnistCache.directory("Linux", "/home/ada", Map.of("XDG_CACHE_HOME", ignored)))
          .isEqualTo(Path.of("/home/ada/.cache/kiln"));
    }
  }
}
