package dev.kiln.bench.report;

import dev.kiln.bench.work.ConvWork;
import dev.kiln.bench.work.GemmWork;
import dev.kiln.bench.work.Work;
import java.util.OptionalDouble;

/** How many floating-point operations a work takes when it is done as its definition says. */
final class Flops {
  private Flops() {}

  /** Nothing for a work of which that says little, or of which nothing is known. */
  static OptionalDouble of(String name) {
    Work work;
    try {
      work = Work.parse(name);
    } catch (IllegalArgumentException e) {
      return OptionalDouble.empty();
    }
    if (work instanceof GemmWork gemm) {
      return OptionalDouble.of(2.0 * gemm.m() * gemm.k() * gemm.n());
    }
    if (work instanceof ConvWork conv) {
      double outputs = (double) conv.n() * conv.filters() * conv.out() * conv.out();
      double each = 2.0 * conv.channels() / conv.groups() * conv.kernel() * conv.kernel();
      return OptionalDouble.of(outputs * each * (conv.train() ? 3 : 1));
    }
    return OptionalDouble.empty();
  }
}
