package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Rows;
import org.junit.jupiter.api.Test;

class SectionsTest {
  @Test
  void coverEveryRowToItsEndAndNoFurther() {
    for (int n : new int[] {1, 2, 63, 64, 65, 127, 512, 513, 8192, 8193, 100_003}) {
      for (int wanted : new int[] {0, 1, 7, 1000}) {
        Sections cut = Sections.of(new Rows(3, n, 2), wanted, 64, 512);
        assertThat(cut.count() * cut.length()).isGreaterThanOrEqualTo(n);
        assertThat((cut.count() - 1) * cut.length()).isLessThan(n);
        assertThat(cut.length()).isBetween(1, 512);
        assertThat(cut.total()).isEqualTo(6 * cut.count());
      }
    }
  }

  @Test
  void areAsManyAsWantedWhereThatLeavesThemLongEnough() {
    assertThat(Sections.of(new Rows(1, 10_000, 1), 10, 64, 8192).count()).isEqualTo(10);
    assertThat(Sections.of(new Rows(5, 10_000, 2), 20, 64, 8192).count()).isEqualTo(2);
    assertThat(Sections.of(new Rows(1, 300, 1), 10, 64, 8192).count()).isEqualTo(4);
    assertThat(Sections.of(new Rows(1, 63, 1), 10, 64, 8192).count()).isEqualTo(1);
  }

  @Test
  void ofEmptyRowsAreOneThatHoldsNothing() {
    assertThat(Sections.of(new Rows(4, 0, 1), 10, 64, 512).count()).isEqualTo(1);
    assertThat(Sections.of(new Rows(0, 5, 1), 10, 64, 512).total()).isZero();
  }
}
