package dev.kiln.examples;

import dev.kiln.Device;
import dev.kiln.backend.Tunable;
import dev.kiln.backend.TuningListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kiln tune}: which kernels are the fastest on a device. */
@Command(
    name = "tune",
    description =
        "Measures in which ways a device computes products, convolutions, recurrent layers and"
            + " rows the fastest, and keeps that in the user's cache for all later runs. Each way is"
            + " compared with the CPU's results first. Takes minutes; do not use the device"
            + " meanwhile.")
final class TuneCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private DeviceOption target;

  @Option(
      names = "--only",
      paramLabel = "FAMILY",
      description =
          "Measure only these works: gemm, conv, recurrent, reduction, rows, lanes; what was found"
              + " for others stays.")
  private @Nullable String only;

  @Option(
      names = "--largest",
      paramLabel = "MFLOP",
      description =
          "Leave out works of more than so many million floating-point operations, for slow"
              + " devices.")
  private double largest = Double.POSITIVE_INFINITY;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (!(largest > 0)) {
      throw new ParameterException(
          spec.commandLine(), "--largest is a number above 0, not " + largest);
    }
    try (Device device = target.open().device()) {
      if (!(device.backend() instanceof Tunable)) {
        throw new ParameterException(
            spec.commandLine(),
            device
                + " has one way to compute each work: nothing to tune; --device names another, such"
                + " as opencl:0");
      }
      Tunable tunable = (Tunable) device.backend();
      if (only != null && !tunable.families().contains(only)) {
        throw new ParameterException(
            spec.commandLine(),
            "--only: there is no family "
                + only
                + ", but "
                + String.join(", ", tunable.families()));
      }
      out.println("Tuning " + device);
      out.flush();
      Path file;
      Report report = new Report(out);
      try {
        file = tunable.tune(only, 1e6 * largest, report);
      } finally {
        report.close();
      }
      report.sum();
      if (report.works() > 0) {
        out.println("Kept in " + file);
      }
      out.flush();
      return 0;
    }
  }

  /** A bar on a terminal, and a line for each work that is computed otherwise from now on. */
  private static final class Report implements TuningListener, AutoCloseable {
    private final PrintWriter out;
    private @Nullable Progress bar;
    private int begun;
    private int kept;
    private int changed;
    private int dropped;
    private double least = Double.POSITIVE_INFINITY;
    private double most;

    Report(PrintWriter out) {
      this.out = out;
    }

    @Override
    public void begins(int works) {
      bar = new Progress("tune", works, "works");
    }

    @Override
    public void measuring(String work) {
      if (bar != null) {
        bar.at(begun, work);
      }
      begun++;
    }

    @Override
    public void dropped(String work, String variant, String why) {
      dropped++;
    }

    @Override
    public void measured(String work, String variant, double gain) {
      if (variant.equals("own")) {
        kept++;
        return;
      }
      changed++;
      least = Math.min(least, gain);
      most = Math.max(most, gain);
      String line =
          String.format(Locale.ROOT, "%-44s %-14s %.2f times as fast", work, variant, gain);
      if (bar == null) {
        print(line);
      } else {
        bar.above(() -> print(line));
      }
    }

    private void print(String line) {
      out.println(line);
      out.flush();
    }

    int works() {
      return kept + changed;
    }

    void sum() {
      if (works() + dropped == 0) {
        out.println("Nothing to choose: no such work can be computed in several ways here");
        return;
      }
      out.println(
          works()
              + " works measured: "
              + kept
              + " stay with Kiln's own choice, "
              + changed
              + (changed == 1 ? " takes another" : " take another")
              + gains()
              + (dropped == 0 ? "" : "; variants dropped: " + dropped + ", see the log"));
    }

    private String gains() {
      if (changed == 0) {
        return "";
      }
      return changed == 1
          ? String.format(Locale.ROOT, ", %.2f times as fast", most)
          : String.format(Locale.ROOT, ", %.2f to %.2f times as fast", least, most);
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
      }
    }
  }
}
