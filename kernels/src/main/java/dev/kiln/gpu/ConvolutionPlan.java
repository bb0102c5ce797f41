package dev.kiln.gpu;

import dev.kiln.backend.Conv2dSpec;
import dev.kiln.gpu.driver.DriverInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How one pass of a convolution is computed: which kernel with which tile, and into how many
 * partial sums its k is split.
 *
 * @param method the kernel
 * @param splits partial sums, added in order at the end; more than 1 for weight gradients and tiles
 */
record ConvolutionPlan(Method method, int splits) implements Variant {
  /** What is computed, as an implicit product {@code C[rows, columns]} for each group. */
  enum Pass {
    FORWARD("conv_forward", Family.CONV_FORWARD),
    INPUT_GRADIENT("conv_input_gradient", Family.CONV_INPUT_GRADIENT),
    WEIGHT_GRADIENT("conv_weight_gradient", Family.CONV_WEIGHT_GRADIENT);

    final String program;
    final Family family;

    Pass(String program, Family family) {
      this.program = program;
      this.family = family;
    }

    int rows(Conv2dSpec spec) {
      return this == INPUT_GRADIENT ? spec.groupIn() : spec.groupOut();
    }

    int columns(Conv2dSpec spec) {
      return switch (this) {
        case FORWARD -> spec.n() * spec.outPixels();
        case INPUT_GRADIENT -> spec.n() * spec.inPixels();
        case WEIGHT_GRADIENT -> spec.patch();
      };
    }

    /** Of the result, at least 1. */
    long elements(Conv2dSpec spec) {
      return Math.max(1, (long) rows(spec) * columns(spec) * spec.groups());
    }

    int k(Conv2dSpec spec) {
      return switch (this) {
        case FORWARD -> spec.patch();
        case INPUT_GRADIENT -> spec.groupOut() * spec.kernelHeight() * spec.kernelWidth();
        case WEIGHT_GRADIENT -> spec.n() * spec.outPixels();
      };
    }
  }

  /** The kernels. */
  enum Method {
    TILED_128("128", 128, 128),
    TILED_64("64", 64, 64),
    /** Few channels: 32 rows, and more pixels instead. */
    TILED_32("32", 32, 128),
    /** No tiles: for short sums, where one would be mostly padding and memory is what counts. */
    DIRECT("direct", 1, 1),
    /** {@link WinogradConvolution} with results of 2 × 2. */
    WINOGRAD_2("winograd_2", 1, 1),
    /** The same of 4 × 4. */
    WINOGRAD_4("winograd_4", 1, 1);

    /** As variants and programs are called. */
    final String text;

    private final int rows;
    private final int columns;

    Method(String text, int rows, int columns) {
      this.text = text;
      this.rows = rows;
      this.columns = columns;
    }

    /** Columns of a tile: a weight gradient has no more pixels to take instead of channels. */
    private int columns(Pass pass) {
      return pass == Pass.WEIGHT_GRADIENT ? rows : columns;
    }

    /** Results of a tile. */
    int tile(Pass pass) {
      return rows * columns(pass);
    }

    long tiles(Pass pass, Conv2dSpec spec) {
      return (long) GemmPlan.ceilDiv(pass.rows(spec), rows)
          * GemmPlan.ceilDiv(pass.columns(spec), columns(pass))
          * spec.groups();
    }

    /** Whether conv_tiled.cl computes it. */
    boolean isTiled() {
      return this == TILED_128 || this == TILED_64 || this == TILED_32;
    }

    boolean isWinograd() {
      return this == WINOGRAD_2 || this == WINOGRAD_4;
    }

    /** Whether there is such a way to compute the pass. */
    boolean takes(Pass pass, Conv2dSpec spec) {
      return switch (this) {
        case TILED_128, TILED_64, TILED_32 -> true;
        case DIRECT -> pass == Pass.WEIGHT_GRADIENT || pass.k(spec) <= MAX_DIRECT;
        case WINOGRAD_2, WINOGRAD_4 -> WinogradConvolution.takes(spec);
      };
    }
  }

  /** The longest sum that the direct kernels take: their MAX_K. */
  static final int MAX_DIRECT = 256;

  /** A sum so short that tiles cannot win, however many channels share what is read. */
  private static final int SHORT = 32;

  /** Rows up to which a tile is mostly padding. */
  private static final int FEW = 8;

  /** Groups that a multiprocessor wants at least, so that one computes while another waits. */
  private static final int GROUPS_PER_UNIT = 4;

  /** The fewest pixels that are worth a partial sum of a weight gradient of their own. */
  private static final int MIN_DEPTH = 512;

  private static final int MAX_SPLITS = 256;

  /** The shortest partial sum that is worth a trial. */
  private static final int MIN_TRIED_DEPTH = 64;

  /** What a second launch takes, in steps along k of a tile: 3 µs of them. */
  private static final int STEPS_OF_LAUNCH = 100;

  /** Numbers that a multiprocessor's share of the memory writes and reads again within a step. */
  private static final int NUMBERS_OF_STEP = 64;

  /** Elements that all partial sums may have together (64 MiB). */
  private static final long MAX_PARTS = 1 << 24;

  /** The share of the peak that a full multiprocessor reaches by tiles of 128, and by smaller. */
  private static final double SHARE_OF_128 = 0.8;

  private static final double SHARE_OF_64 = 0.67;

  /** How many times less time than tiles Winograd must promise to be taken. */
  private static final double CLEARLY = 1.25;

  /** What {@link #variant} may be. */
  static final Pattern NAMES = Pattern.compile("(128|64|32|direct)(/\\d{1,3})?|winograd_[24]");

  static ConvolutionPlan of(Pass pass, Conv2dSpec spec, DriverInfo device) {
    int units = device.computeUnits();
    int rows = pass.rows(spec);
    int columns = pass.columns(spec);
    int k = pass.k(spec);
    long elements = pass.elements(spec);
    if (pass == Pass.WEIGHT_GRADIENT
        ? spec.groups() > 1 && rows <= FEW && columns <= MAX_DIRECT
        : k <= SHORT || k <= MAX_DIRECT && rows <= FEW) {
      return new ConvolutionPlan(
          Method.DIRECT, pass == Pass.WEIGHT_GRADIENT ? splits(elements, k, elements, units) : 1);
    }
    Method method =
        rows > 64 && columns > 64 && Method.TILED_128.tiles(pass, spec) >= units
            ? Method.TILED_128
            : rows > 32 ? Method.TILED_64 : Method.TILED_32;
    long groups = method.tiles(pass, spec);
    int splits =
        pass == Pass.WEIGHT_GRADIENT
            ? splits(groups, k, elements, units)
            : fastest(groups, k, elements, units);
    if (WinogradConvolution.takes(spec)) {
      double share = method == Method.TILED_128 ? SHARE_OF_128 : SHARE_OF_64;
      double operations =
          2 * steps(groups, splits, k, elements, units) * method.tile(pass) * units / share;
      if (CLEARLY * WinogradCost.of(pass, spec, device) < operations) {
        return new ConvolutionPlan(Method.WINOGRAD_4, 1);
      }
    }
    return new ConvolutionPlan(method, splits);
  }

  /**
   * As many splits as give every multiprocessor of the device enough groups to hide its waiting.
   */
  private static int splits(long groups, int k, long elements, int units) {
    long splits = (long) GROUPS_PER_UNIT * units / Math.max(1, groups);
    splits = Math.min(splits, Math.min(k / MIN_DEPTH, MAX_PARTS / elements));
    return (int) Math.max(1, Math.min(splits, MAX_SPLITS));
  }

  /** The number of splits that takes the fewest steps. */
  private static int fastest(long groups, int k, long elements, int units) {
    int best = 1;
    double least = steps(groups, 1, k, elements, units);
    for (int splits = 2;
        splits <= MAX_SPLITS && k / splits >= MIN_TRIED_DEPTH && splits * elements <= MAX_PARTS;
        splits++) {
      double steps = steps(groups, splits, k, elements, units);
      if (steps < least) {
        least = steps;
        best = splits;
      }
    }
    return best;
  }

  /**
   * The steps along k that the busiest multiprocessor takes, with what it costs to write partial
   * sums and to add them up.
   */
  private static double steps(long groups, int splits, int k, long elements, int units) {
    long waves = (groups * splits + units - 1) / units;
    double steps = (double) waves * GemmPlan.ceilDiv(k, splits);
    return splits == 1
        ? steps
        : steps + STEPS_OF_LAUNCH + (double) splits * elements / NUMBERS_OF_STEP / units;
  }

  /**
   * Every way that might be the best one somewhere: each kernel that takes the pass, and where it
   * can split k, with each power of 2 of splits.
   */
  static List<ConvolutionPlan> candidates(Pass pass, Conv2dSpec spec) {
    long elements = pass.elements(spec);
    List<ConvolutionPlan> candidates = new ArrayList<>();
    for (Method method : Method.values()) {
      if (!method.takes(pass, spec)) {
        continue;
      }
      candidates.add(new ConvolutionPlan(method, 1));
      boolean splits = method.isTiled() || method == Method.DIRECT && pass == Pass.WEIGHT_GRADIENT;
      for (int parts = 2;
          splits
              && parts <= MAX_SPLITS
              && pass.k(spec) / parts >= MIN_TRIED_DEPTH
              && parts * elements <= MAX_PARTS;
          parts *= 2) {
        candidates.add(new ConvolutionPlan(method, parts));
      }
    }
    return candidates;
  }

  /** Such as {@code 64}, {@code winograd_4} or, of 4 partial sums, {@code 64/4}. */
  @Override
  public String variant() {
    return method.text + (splits > 1 ? "/" + splits : "");
  }
}
