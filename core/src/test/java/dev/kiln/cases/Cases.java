package dev.kiln.cases;

import java.util.stream.Stream;

/** Every case of every op. */
public final class Cases {
  private Cases() {}

  /** All cases, or with {@code -Dkiln.cases=small} those of at most a few hundred elements. */
  public static Stream<OpCase> all() {
    Stream<OpCase> all =
        Stream.of(
                MatMulCases.all(),
                ConvCases.all(),
                PoolCases.all(),
                NormCases.all(),
                ElementwiseCases.all(),
                RowCases.all(),
                LossCases.all(),
                MovementCases.all())
            .flatMap(cases -> cases);
    return "small".equals(System.getProperty("kiln.cases"))
        ? all.filter(opCase -> opCase.elements() <= 800)
        : all;
  }
}
