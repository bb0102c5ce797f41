package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Rows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On a GPU of 100 multiprocessors, which 25600 work-items keep busy. */
class RowPlanTest {
  private static final int UNITS = 100;

  @ParameterizedTest
  @CsvSource({
    "100000, 1, TEAM_1",
    "100000, 8, TEAM_1",
    "100000, 9, TEAM_4",
    "100000, 32, TEAM_4",
    "100000, 33, TEAM_16",
    "100000, 512, TEAM_64",
    "100000, 513, TEAM_256",
    "100000, 50257, TEAM_256"
  })
  void aWorkItemHasEightElementsWhereThereAreRowsEnough(int rows, int n, RowPlan plan) {
    assertThat(RowPlan.of(new RowPlan.Work("softmax", new Rows(rows, n, 1)), UNITS, false))
        .isEqualTo(plan);
  }

  @ParameterizedTest
  @CsvSource({
    "64, 10, TEAM_4", // of 16 some would have nothing
    "64, 100, TEAM_64",
    "64, 1000, TEAM_256",
    "1600, 100, TEAM_16",
    "1599, 100, TEAM_64"
  })
  void fewRowsAreSharedByMore(int rows, int n, RowPlan plan) {
    assertThat(RowPlan.of(new RowPlan.Work("softmax", new Rows(rows, n, 1)), UNITS, false))
        .isEqualTo(plan);
  }

  /** So that what a group reads at a time lies together. */
  @Test
  void rowsBesideEachOtherStayInOneGroup() {
    assertThat(RowPlan.of(new RowPlan.Work("softmax", new Rows(1, 1000, 4096)), UNITS, false))
        .isEqualTo(RowPlan.TEAM_16);
  }

  @Test
  void aCpuHasAWorkItemARow() {
    assertThat(RowPlan.of(new RowPlan.Work("softmax", new Rows(1, 100_000, 1)), 2, true))
        .isEqualTo(RowPlan.TEAM_1);
  }
}
