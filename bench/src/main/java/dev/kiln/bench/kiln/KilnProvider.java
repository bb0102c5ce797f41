package dev.kiln.bench.kiln;

import dev.kiln.Device;
import dev.kiln.bench.engine.Engine;
import dev.kiln.bench.engine.EngineProvider;
import dev.kiln.bench.engine.Engines;
import java.util.Optional;

/**
 * Kiln on any of its devices: {@code kiln-cpu}, {@code kiln-opencl:0}; with {@code -recorded}
 * behind it, training steps are recorded ones, and there is no other work.
 */
public final class KilnProvider implements EngineProvider {
  private static final String PREFIX = "kiln-";
  private static final String RECORDED = "-recorded";
  private static final String THREADS = "kiln.cpu.threads";

  @Override
  public String names() {
    return "kiln-<device>, kiln-<device>-recorded (kiln-cpu, kiln-cpu:scalar, kiln-cuda-recorded)";
  }

  @Override
  public Optional<Engine> open(String name) {
    if (!name.startsWith(PREFIX)) {
      return Optional.empty();
    }
    if (System.getProperty(THREADS) == null) {
      System.setProperty(THREADS, Integer.toString(Engines.threads()));
    }
    boolean recorded = name.endsWith(RECORDED);
    int end = name.length() - (recorded ? RECORDED.length() : 0);
    return Optional.of(new KilnEngine(Device.open(name.substring(PREFIX.length(), end)), recorded));
  }
}
