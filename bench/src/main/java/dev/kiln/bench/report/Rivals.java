package dev.kiln.bench.report;

import java.util.Comparator;
import java.util.Optional;

/**
 * Who is measured beside whom: engines of the same kind of device and the same precision. TF32 is
 * other work than float32, and has no rival here.
 */
final class Rivals {
  private static final String KILN = "kiln-";

  private Rivals() {}

  static boolean isKiln(String engine) {
    return engine.startsWith(KILN);
  }

  /**
   * The fastest engine at a work that is not Kiln's and runs on the same kind of device.
   *
   * @param engine one of Kiln's
   */
  static Optional<Measured> best(Results results, String work, String engine) {
    return results.measured().stream()
        .filter(other -> other.work().equals(work))
        .filter(other -> !isKiln(other.engine()))
        .filter(other -> device(other.engine()).equals(device(engine)))
        .min(Comparator.comparingDouble(other -> other.time().value()));
  }

  /** How many times as fast an engine of Kiln's is as the best of the others. */
  static Optional<Estimate> ratio(Results results, String work, String engine) {
    Optional<Measured> best = best(results, work, engine);
    Optional<Measured> ours = results.find(work, engine);
    return best.isPresent() && ours.isPresent()
        ? Optional.of(best.get().time().over(ours.get().time()))
        : Optional.empty();
  }

  private static String device(String engine) {
    if (engine.startsWith("torch-tf32")) {
      return "cuda in TF32";
    }
    if (engine.startsWith(KILN + "cuda") || engine.startsWith("torch-cuda")) {
      return "cuda";
    }
    return engine.startsWith(KILN + "opencl") || engine.startsWith("clblast") ? "opencl" : "cpu";
  }
}
