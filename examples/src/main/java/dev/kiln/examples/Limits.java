package dev.kiln.examples;

import dev.kiln.backend.DeviceInfo;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What a number on a command line may be; the message for any other names its option. */
public final class Limits {
  /** The most units, features or numbers of a code: a layer of four gates has 2³⁰ weights then. */
  public static final int WIDTH = 1 << 14;

  /** The most layers that lie one upon the other. */
  public static final int LAYERS = 1_000;

  /** The most epochs, and the most characters of a window or a sample. */
  public static final int MANY = 1_000_000;

  /** The most samples a step; a data set with fewer is one batch. */
  public static final int BATCH = Integer.MAX_VALUE;

  /** Above it every loss here is soon no number any more. */
  private static final double RATE = 1_000;

  private static final double GIB = 1L << 30;

  private Limits() {}

  /**
   * @param given what the user said
   * @return {@code given}
   * @throws ParameterException if it is not from {@code least} to {@code most}
   */
  public static int within(CommandSpec spec, String option, int least, int most, int given) {
    if (given < least || given > most) {
      String bounds = most == Integer.MAX_VALUE ? least + " on" : least + " to " + most;
      throw new ParameterException(
          spec.commandLine(), option + " is a number from " + bounds + ", not " + given);
    }
    return given;
  }

  /**
   * @return {@code given}
   * @throws ParameterException if it is no learning rate
   */
  public static double rate(CommandSpec spec, double given) {
    if (!(given > 0 && given <= RATE)) {
      throw new ParameterException(
          spec.commandLine(), "--lr is above 0 and at most " + (int) RATE + ", not " + given);
    }
    return given;
  }

  /**
   * Refuses recurrent layers whose weights and their gradients alone are more than a device's
   * memory.
   *
   * @param gates of a unit: 1, 3 or 4
   * @param in features of what the first layer reads
   */
  public static void recurrent(
      CommandSpec spec, DeviceInfo device, int gates, int in, int hidden, int layers) {
    long first = (long) gates * hidden * (in + hidden + 2L);
    long weights = first + (layers - 1) * ((long) gates * hidden * (2L * hidden + 2));
    long bytes = 2 * weights * Float.BYTES;
    if (bytes > device.memoryBytes()) {
      throw new ParameterException(
          spec.commandLine(),
          String.format(
              Locale.ROOT,
              "--hidden %d%s: %,d weights and as many gradients take %.1f GiB, and %s has %.1f GiB",
              hidden,
              layers == 1 ? "" : " in --layers " + layers,
              weights,
              bytes / GIB,
              device.id(),
              device.memoryBytes() / GIB));
    }
  }

  /**
   * Refuses a training whose steps cannot be counted.
   *
   * @param batches of an epoch
   * @throws ParameterException if they are more than can be counted
   */
  public static void steps(CommandSpec spec, int epochs, int batches) {
    long steps = (long) epochs * batches;
    if (steps > Integer.MAX_VALUE) {
      throw new ParameterException(
          spec.commandLine(),
          String.format(
              Locale.ROOT,
              "--epochs %d of %d steps each are %d steps, and at most %d can be counted",
              epochs,
              batches,
              steps,
              Integer.MAX_VALUE));
    }
  }
}
