package dev.kiln.bench.peers;

import dev.kiln.bench.engine.Engine;
import dev.kiln.bench.engine.EngineProvider;
import java.util.Optional;

/** OpenBLAS with so many threads: {@code openblas-1}. */
public final class OpenBlasProvider implements EngineProvider {
  private static final String PREFIX = "openblas-";

  @Override
  public String names() {
    return "openblas-<threads>";
  }

  @Override
  public Optional<Engine> open(String name) {
    return name.matches(PREFIX + "[1-9]\\d{0,2}")
        ? Optional.of(new OpenBlasEngine(Integer.parseInt(name.substring(PREFIX.length()))))
        : Optional.empty();
  }
}
