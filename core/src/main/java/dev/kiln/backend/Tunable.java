package dev.kiln.backend;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A backend that can compute a work in several ways, and can measure which of them is the fastest
 * on its device.
 */
public interface Tunable {
  /** What {@code only} of {@link #tune} may be: families of works, and groups of families. */
  List<String> families();

  /**
   * Measures works of the sizes that nets have, by every variant that gives what the CPU backend
   * gives, and keeps the fastest ones on disk, where whoever opens the device finds them. This
   * backend takes them as well from then on. It is a matter of minutes, and happens only here.
   *
   * <p>A variant that fails, is wrong or takes too long is left out. A GPU that hangs cannot be
   * stopped: then nothing more is measured.
   *
   * @param only one of {@link #families}, null for all
   * @param largest the most floating-point operations of a work; larger ones are left out
   * @return the file that the winners are kept in
   * @throws IllegalArgumentException if {@code only} is not one of the families; names them
   * @throws IOException if the winners cannot be kept
   * @throws dev.kiln.DeviceException if the device stopped answering; what was found before is kept
   */
  Path tune(@Nullable String only, double largest, TuningListener listener) throws IOException;
}
