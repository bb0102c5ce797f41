package dev.kiln.bench.kiln;

import dev.kiln.Device;
import dev.kiln.bench.engine.Engine;
import dev.kiln.bench.engine.EngineProvider;
import dev.kiln.bench.engine.Engines;
import java.util.Optional;

/** Kiln on any of its devices: {@code kiln-cpu}, {@code kiln-opencl:0}. */
public final class KilnProvider implements EngineProvider {
  private static final String PREFIX = "kiln-";
  private static final String THREADS = "kiln.cpu.threads";

  @Override
  public String names() {
    return "kiln-<device> (kiln-cpu, kiln-cpu:scalar, kiln-opencl, kiln-cuda)";
  }

  @Override
  public Optional<Engine> open(String name) {
    if (!name.startsWith(PREFIX)) {
      return Optional.empty();
    }
    if (System.getProperty(THREADS) == null) {
      System.setProperty(THREADS, Integer.toString(Engines.threads()));
    }
    return Optional.of(new KilnEngine(Device.open(name.substring(PREFIX.length()))));
  }
}
