package dev.kiln.gpu;

import dev.kiln.backend.Conv2dSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How one pass of a convolution is computed: which kernel with which tile, and into how many
 * partial sums its k is split.
 *
 * @param method the kernel
 * @param splits partial sums, added in order at the end; more than 1 for weight gradients only
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

    int k(Conv2dSpec spec) {
      return switch (this) {
        case FORWARD -> spec.patch();
        case INPUT_GRADIENT -> spec.groupOut() * spec.kernelHeight() * spec.kernelWidth();
        case WEIGHT_GRADIENT -> spec.n() * spec.outPixels();
      };
    }
  }

  /** The kernels, by what their programs are called after the pass. */
  enum Method {
    TILED_128("_128"),
    TILED_64("_64"),
    /** Few channels: 32 rows, and more pixels instead. */
    TILED_32("_32"),
    /** No tiles: for short sums, where one would be mostly padding and memory is what counts. */
    DIRECT("");

    final String suffix;

    Method(String suffix) {
      this.suffix = suffix;
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

  /** The fewest pixels that are worth a partial sum of their own. */
  private static final int MIN_DEPTH = 512;

  private static final int MAX_SPLITS = 256;

  /** The fewest pixels of a partial sum that are worth a trial. */
  private static final int MIN_TRIED_DEPTH = 64;

  /** Elements that all partial sums may have together (64 MiB). */
  private static final long MAX_PARTS = 1 << 24;

  /** What {@link #variant} may be. */
  static final Pattern NAMES = Pattern.compile("(128|64|32|direct)(/\\d{1,3})?");

  /**
   * @param computeUnits multiprocessors of the device
   */
  static ConvolutionPlan of(Pass pass, Conv2dSpec spec, int computeUnits) {
    int rows = pass.rows(spec);
    int columns = pass.columns(spec);
    int k = pass.k(spec);
    Method method;
    if (pass == Pass.WEIGHT_GRADIENT
        ? spec.groups() > 1 && rows <= FEW && columns <= MAX_DIRECT
        : k <= SHORT || k <= MAX_DIRECT && rows <= FEW) {
      method = Method.DIRECT;
    } else if (rows > 64 && columns > 64 && tiles(rows, columns, 128, spec) >= computeUnits) {
      method = Method.TILED_128;
    } else {
      method = rows > 32 ? Method.TILED_64 : Method.TILED_32;
    }
    if (pass != Pass.WEIGHT_GRADIENT) {
      return new ConvolutionPlan(method, 1);
    }
    long elements = Math.max(1, (long) spec.outChannels() * spec.patch());
    long groups =
        switch (method) {
          case DIRECT -> elements;
          case TILED_32 -> tiles(rows, columns, 32, spec);
          case TILED_64 -> tiles(rows, columns, 64, spec);
          case TILED_128 -> tiles(rows, columns, 128, spec);
        };
    long splits = (long) GROUPS_PER_UNIT * computeUnits / Math.max(1, groups);
    splits = Math.min(splits, Math.min(k / MIN_DEPTH, MAX_PARTS / elements));
    return new ConvolutionPlan(method, (int) Math.max(1, Math.min(splits, MAX_SPLITS)));
  }

  /**
   * Every way that might be the best one somewhere: each kernel that takes the pass, and for the
   * weight gradient with each power of 2 of splits.
   */
  static List<ConvolutionPlan> candidates(Pass pass, Conv2dSpec spec) {
    long elements = Math.max(1, (long) spec.outChannels() * spec.patch());
    List<ConvolutionPlan> candidates = new ArrayList<>();
    for (Method method : Method.values()) {
      if (method == Method.DIRECT && pass != Pass.WEIGHT_GRADIENT && pass.k(spec) > MAX_DIRECT) {
        continue;
      }
      candidates.add(new ConvolutionPlan(method, 1));
      for (int splits = 2;
          pass == Pass.WEIGHT_GRADIENT
              && splits <= MAX_SPLITS
              && pass.k(spec) / splits >= MIN_TRIED_DEPTH
              && splits * elements <= MAX_PARTS;
          splits *= 2) {
        candidates.add(new ConvolutionPlan(method, splits));
      }
    }
    return candidates;
  }

  /** Such as {@code 64}, {@code direct} or, of 4 partial sums, {@code 64/4}. */
  @Override
  public String variant() {
    String kernel = method == Method.DIRECT ? "direct" : method.suffix.substring(1);
    return kernel + (splits > 1 ? "/" + splits : "");
  }

  private static long tiles(int rows, int columns, int tile, Conv2dSpec spec) {
    return (long) GemmPlan.ceilDiv(rows, tile) * GemmPlan.ceilDiv(columns, tile) * spec.groups();
  }
}
