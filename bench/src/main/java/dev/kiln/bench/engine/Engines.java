package dev.kiln.bench.engine;

import dev.kiln.bench.work.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** The engines that there are. */
public final class Engines {
  /** System property: how many threads every engine computes with. */
  public static final String THREADS = "kiln.bench.threads";

  private Engines() {}

  /** As many as processors, unless {@link #THREADS} says otherwise. */
  public static int threads() {
    return Integer.getInteger(THREADS, Runtime.getRuntime().availableProcessors());
  }

  /**
   * @throws IllegalArgumentException if there is none of this name: those that there are
   */
  public static Engine open(String name) {
    List<String> known = new ArrayList<>();
    for (EngineProvider provider : ServiceLoader.load(EngineProvider.class)) {
      Optional<Engine> engine = provider.open(name);
      if (engine.isPresent()) {
        return engine.get();
      }
      known.add(provider.names());
    }
    throw new IllegalArgumentException(
        "there is no engine \""
            + name
            + "\": there are "
            + String.join(", ", known)
            + "; peers are there if the benchmarks were built with -Ppeers");
  }

  /**
   * Sets a work up and compares what the engine makes of it.
   *
   * @param reference see {@link Reference}
   * @throws IllegalArgumentException if the engine has no such work
   * @throws DisagreementException if its numbers are others
   */
  public static Agreed prepare(Engine engine, String name, Work work, ReferenceSource reference) {
    Task task =
        engine
            .prepare(work)
            .orElseThrow(
                () ->
                    new IllegalArgumentException("engine " + name + " has no work " + work.name()));
    double share = Agreement.check(name, work, reference.results(work), task.results());
    String report =
        String.format(
            Locale.ROOT,
            "# %s is %s; %s: its numbers agree, the largest difference is %.3f of what is allowed",
            name,
            engine.description(),
            work.name(),
            share);
    return new Agreed(task, report);
  }

  /**
   * A task whose numbers are right.
   *
   * @param report a line that tells what the engine is, and how well it agreed
   */
  public record Agreed(Task task, String report) {}

  /** Where the results come from that an engine's are compared with. */
  public interface ReferenceSource {
    Map<String, float[]> results(Work work);
  }
}
