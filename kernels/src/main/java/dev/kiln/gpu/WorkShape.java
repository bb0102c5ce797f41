package dev.kiln.gpu;

import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.GemmSpec;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.backend.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What tells a family's works apart, so that what was measured at one tells something of its likes.
 *
 * <pre>
 *   gemm, wide_gemm    nn, nt, tn or tt           m n k batch
 *   conv_...           3x3 and what is unusual    images, channels in and out of a group, pixels, groups
 *   wide_conv          likewise
 *   recurrent          the cell                   steps batch hidden
 *   sum, max           rows or columns            outer n inner
 *   rows               the kernel, then likewise  outer n inner
 *   lanes              any
 * </pre>
 *
 * @param kind works of different kinds tell nothing of each other; a word
 * @param extents at least 0; as many for each work of the family
 */
record WorkShape(Family family, String kind, List<Integer> extents) {
  /** How far apart an extent of likes may be: a factor of two. */
  private static final double LIKE = 1;

  /**
   * @param work the spec that the family's plans are made of
   */
  static WorkShape of(Family family, Record work) {
    return switch (family) {
      case GEMM, WIDE_GEMM -> product(family, (GemmSpec) work);
      case CONV_FORWARD, CONV_INPUT_GRADIENT, CONV_WEIGHT_GRADIENT, WIDE_CONV ->
          convolution(family, (Conv2dSpec) work);
      case RECURRENT -> {
        RecurrentSpec spec = (RecurrentSpec) work;
        String cell = spec.cell().name().toLowerCase(Locale.ROOT);
        yield new WorkShape(family, cell, List.of(spec.steps(), spec.batch(), spec.hidden()));
      }
      case SUM, MAX -> rows(family, "", (Rows) work);
      case ROWS -> {
        RowPlan.Work rows = (RowPlan.Work) work;
        yield rows(family, rows.kernel() + "-", rows.rows());
      }
      case LANES -> new WorkShape(family, "any", List.of());
    };
  }

  private static WorkShape product(Family family, GemmSpec spec) {
    String stored = (spec.transposeA() ? "t" : "n") + (spec.transposeB() ? "t" : "n");
    boolean odd = family == Family.GEMM && !GemmPlan.inFours(spec);
    return new WorkShape(
        family, stored + (odd ? "-odd" : ""), List.of(spec.m(), spec.n(), spec.k(), spec.batch()));
  }

  private static WorkShape convolution(Family family, Conv2dSpec spec) {
    String kind = spec.kernelHeight() + "x" + spec.kernelWidth();
    if (spec.strideHeight() > 1 || spec.strideWidth() > 1) {
      kind += "-stride" + spec.strideHeight() + "x" + spec.strideWidth();
    }
    if (spec.dilationHeight() > 1 || spec.dilationWidth() > 1) {
      kind += "-dilation" + spec.dilationHeight() + "x" + spec.dilationWidth();
    }
    return new WorkShape(
        family,
        kind,
        List.of(spec.n(), spec.groupIn(), spec.groupOut(), spec.outPixels(), spec.groups()));
  }

  private static WorkShape rows(Family family, String kernel, Rows rows) {
    String kind = kernel + (rows.inner() == 1 ? "rows" : "columns");
    return new WorkShape(family, kind, List.of(rows.outer(), rows.n(), rows.inner()));
  }

  /**
   * How unlike the other work is, by the factors between the extents; infinite if they are no
   * likes.
   */
  double distance(WorkShape other) {
    if (family != other.family
        || !kind.equals(other.kind)
        || extents.size() != other.extents.size()) {
      return Double.POSITIVE_INFINITY;
    }
    double squares = 0;
    for (int i = 0; i < extents.size(); i++) {
      double factor = log2(extents.get(i)) - log2(other.extents.get(i));
      if (Math.abs(factor) > LIKE) {
        return Double.POSITIVE_INFINITY;
      }
      squares += factor * factor;
    }
    return Math.sqrt(squares);
  }

  private static double log2(int extent) {
    return Math.log(Math.max(extent, 1)) / Math.log(2);
  }

  /** Such as {@code gemm nn 512 512 64 1}: what {@link #parse} reads. */
  @Override
  public String toString() {
    String numbers = extents.stream().map(each -> " " + each).collect(Collectors.joining());
    return family.text() + " " + kind + numbers;
  }

  /**
   * @throws IllegalArgumentException if it is not from {@link #toString}
   */
  static WorkShape parse(String text) {
    List<String> words = Arrays.asList(text.split(" ", -1));
    if (words.size() < 2 || words.get(1).isEmpty()) {
      throw new IllegalArgumentException("\"" + text + "\" is no work");
    }
    List<Integer> extents = new ArrayList<>();
    for (String word : words.subList(2, words.size())) {
      extents.add(Integer.valueOf(word)); // a NumberFormatException is an illegal argument
    }
    return new WorkShape(Family.of(words.get(0)), words.get(1), List.copyOf(extents));
  }
}
