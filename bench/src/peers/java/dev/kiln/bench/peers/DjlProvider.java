package dev.kiln.bench.peers;

import dev.kiln.bench.engine.Engine;
import dev.kiln.bench.engine.EngineProvider;
import java.util.Optional;

/** PyTorch through DJL: {@code djl}. */
public final class DjlProvider implements EngineProvider {
  private static final String NAME = "djl";

  @Override
  public String names() {
    return NAME;
  }

  @Override
  public Optional<Engine> open(String name) {
    return name.equals(NAME) ? Optional.of(new DjlEngine()) : Optional.empty();
  }
}
