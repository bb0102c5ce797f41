package dev.kiln.cases;

import java.util.stream.Stream;

/** Every case of every op. */
public final class Cases {
  private Cases() {}

  /**
   * All cases; with {@code -Dkiln.cases=small} those of at most a few hundred elements, with {@code
   * -Dkiln.cases.op=REGEX} those of the ops that it matches.
   */
  public static Stream<OpCase> all() {
    Stream<OpCase> all =
        Stream.of(
                MatMulCases.all(),
                EndingCases.all(),
                ConvCases.all(),
                PoolCases.all(),
                NormCases.all(),
                ElementwiseCases.all(),
                RowCases.all(),
                LossCases.all(),
                PairLossCases.all(),
                StatisticsCases.all(),
                MovementCases.all(),
                ImageCases.all(),
                LayoutCases.all(),
                IndexingCases.all(),
                RnnCases.all(),
                OptimizerCases.all())
            .flatMap(cases -> cases);
    String ops = System.getProperty("kiln.cases.op", ".*");
    boolean small = areSmall();
    return all.filter(opCase -> opCase.op().matches(ops))
        .filter(opCase -> !small || opCase.elements() <= 800);
  }

  /** Whether only small ones are wanted: where every access is checked. */
  static boolean areSmall() {
    return "small".equals(System.getProperty("kiln.cases"));
  }
}
