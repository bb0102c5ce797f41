package dev.kiln.gpu;

import dev.kiln.Device;
import dev.kiln.DeviceException;
import dev.kiln.backend.TuningListener;
import dev.kiln.gpu.driver.Driver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures trials on a device, in a backend of its own that shares the kernels and the memory of
 * the one that is tuned. A variant is built, run once and compared with the CPU backend's results
 * before it is timed; one that fails, is wrong or takes too long is dropped, and the log says so.
 *
 * <p>A kernel that hangs cannot be ended, neither through OpenCL nor through CUDA, and what is
 * queued behind it waits. If it does end in some time more, tuning goes on without it; if not, the
 * device is given up: what was found before stays.
 */
final class TuningRun implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.kiln.gpu");

  private final TuningListener listener;
  private final Limits limits;
  private final GpuBackend tuned;
  private final Driver driver;
  private final KernelLibrary kernels;
  private final GpuBackend backend;
  private final Tuning before;
  private final Winners found = new Winners();
  private final Device reference = Device.open("cpu");
  private final Deadline deadline = new Deadline();

  /**
   * How long is waited.
   *
   * @param first for a variant's first run, in which it is built
   * @param again for any later lap
   * @param grace for what has passed its time to end nevertheless
   */
  record Limits(Duration first, Duration again, Duration grace) {
    static final Limits USUAL =
        new Limits(Duration.ofSeconds(90), Duration.ofSeconds(10), Duration.ofSeconds(30));
  }

  /**
   * @param tuned whose device, kernels and memory are used; what it computes meanwhile is right,
   *     but spoils the figures
   */
  TuningRun(GpuBackend tuned, TuningListener listener, Limits limits) {
    this.listener = listener;
    this.limits = limits;
    this.tuned = tuned;
    this.driver = tuned.driver();
    this.before = tuned.kernels().tuning();
    this.kernels = tuned.kernels().tunedBy(before);
    this.backend = new GpuBackend(driver, tuned.pool(), kernels, tuned.cpuKernels());
  }

  /** Takes one variant for a work, and notes which there are. */
  private static final class Offers implements Tuning {
    private final Trial trial;
    private final Tuning rest;
    private final Set<String> names = new LinkedHashSet<>();
    private String own = "";

    Offers(Trial trial, Tuning rest) {
      this.trial = trial;
      this.rest = rest;
    }

    @Override
    public @Nullable String variant(Family family, Record work) {
      return isTried(family, work) ? null : rest.variant(family, work);
    }

    private boolean isTried(Family family, Record work) {
      return family == trial.family() && work.equals(trial.work());
    }

    @Override
    public <V extends Variant> V choose(
        Family family, Record work, V choice, Supplier<List<V>> candidates) {
      if (isTried(family, work)) {
        own = choice.variant();
        candidates.get().forEach(each -> names.add(each.variant()));
      }
      return Tuning.super.choose(family, work, choice, candidates);
    }

    /** Those that are not the plan's own choice. */
    List<String> others() {
      return names.stream().filter(name -> !name.equals(own)).toList();
    }

    /** The variant for this work, and for others what was found before. */
    Tuning taking(String variant) {
      Tuning one = (family, work) -> isTried(family, work) ? variant : null;
      return new Choices(one.or(rest));
    }
  }

  /**
   * Measures them all, and puts the winners into the file as they are found, in the place of what
   * it held for the same works.
   *
   * @throws DeviceException if the device hangs or has failed for good
   */
  void tune(List<Trial> trials, TuningFile file) throws IOException {
    Winners kept = file.read();
    listener.begins(trials.size());
    for (Trial trial : trials) {
      String work = trial.shape().toString();
      listener.measuring(work);
      Race.Result result = measure(trial);
      if (result != null) {
        found.put(trial.shape(), result.variant());
        kept.put(trial.shape(), result.variant());
        file.write(kept);
        listener.measured(work, result.variant(), result.gain());
      }
    }
  }

  /** Null where there is nothing to choose. */
  private Race.@Nullable Result measure(Trial trial) {
    Offers offers = new Offers(trial, found.tuning().or(before));
    TrialBuffers buffers;
    try {
      buffers = new TrialBuffers(trial, backend);
    } catch (DeviceException e) {
      drop(trial, Family.OWN, reason(e));
      return null;
    }
    try (buffers) {
      return new Course(trial, offers, buffers).race();
    }
  }

  /** One trial's variants. */
  private final class Course {
    private final Trial trial;
    private final Offers offers;
    private final TrialBuffers buffers;
    private final Map<String, Tuning> tunings = new HashMap<>();
    private final List<double[]> expected;

    Course(Trial trial, Offers offers, TrialBuffers buffers) {
      this.trial = trial;
      this.offers = offers;
      this.buffers = buffers;
      try (TrialBuffers onCpu = new TrialBuffers(trial, reference.backend())) {
        this.expected = onCpu.results();
      }
    }

    Race.@Nullable Result race() {
      List<String> right = new ArrayList<>();
      kernels.tune(offers);
      boolean ownIsRight = isRight(Family.OWN);
      if (offers.others().isEmpty()) {
        return null;
      }
      if (ownIsRight) {
        right.add(Family.OWN);
      }
      for (String variant : offers.others()) {
        kernels.tune(tuning(variant));
        if (isRight(variant)) {
          right.add(variant);
        }
      }
      return new Race(this::seconds).winner(right);
    }

    private Tuning tuning(String variant) {
      return tunings.computeIfAbsent(variant, offers::taking);
    }

    private boolean isRight(String variant) {
      List<double[]> results = attempt(variant, limits.first(), this::results);
      if (results == null) {
        return false;
      }
      String fault = buffers.fault(results, expected);
      if (fault != null) {
        drop(trial, variant, "it is wrong: " + fault);
      }
      return fault == null;
    }

    /** On outputs and scratch memory without leftovers of variants that were right. */
    private List<double[]> results() {
      tuned.pool().poison(true);
      try {
        return buffers.results();
      } finally {
        tuned.pool().poison(false);
      }
    }

    private double seconds(String variant, int times) {
      kernels.tune(tuning(variant));
      Double seconds = attempt(variant, limits.again(), () -> lap(times));
      return seconds == null ? Double.NaN : seconds;
    }

    private double lap(int times) {
      long start = System.nanoTime();
      for (int i = 0; i < times; i++) {
        buffers.run();
      }
      driver.synchronize();
      return (System.nanoTime() - start) * 1e-9;
    }

    /** Null if the variant had to be dropped. */
    private <T> @Nullable T attempt(String variant, Duration limit, Supplier<T> task) {
      try {
        return deadline.within(limit, task::get);
      } catch (TimeoutException e) {
        drop(trial, variant, "it takes longer than " + limit.toMillis() / 1000.0 + " s");
        if (!deadline.ends(limits.grace())) {
          throw hanging(trial.shape() + " by variant " + variant);
        }
      } catch (DeviceException e) {
        drop(trial, variant, reason(e));
        settle();
      }
      return null;
    }

    /** What a failure has left in the queue; throws if the device is of no use any more. */
    private void settle() {
      try {
        deadline.within(
            limits.again(),
            () -> {
              driver.synchronize();
              return true;
            });
      } catch (TimeoutException e) {
        throw hanging(trial.shape() + " after a variant failed");
      }
    }
  }

  private DeviceException hanging(String where) {
    tuned.hangs();
    return new DeviceException(
        driver.info().name() + " hangs in " + where + "; what was measured before is kept");
  }

  private void drop(Trial trial, String variant, String why) {
    LOG.log(System.Logger.Level.WARNING, "{0}: {1} is dropped: {2}", trial.shape(), variant, why);
    listener.dropped(trial.shape().toString(), variant, why);
  }

  /** The first line: build logs are long. */
  private static String reason(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public void close() {
    deadline.close();
    reference.close();
  }
}
