package dev.kiln.bench.peers;

import dev.kiln.bench.engine.Engine;
import dev.kiln.bench.engine.EngineProvider;
import java.util.Optional;

/** ND4J on the CPU: {@code nd4j}. */
public final class Nd4jProvider implements EngineProvider {
  private static final String NAME = "nd4j";

  @Override
  public String names() {
    return NAME;
  }

  @Override
  public Optional<Engine> open(String name) {
    return name.equals(NAME) ? Optional.of(new Nd4jEngine()) : Optional.empty();
  }
}
