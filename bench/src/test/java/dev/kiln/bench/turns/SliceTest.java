package dev.kiln.bench.turns;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SliceTest {
  @Test
  void aSliceTellsMeanMedianAndQuartiles() {
    Slice slice = Slice.of(new long[] {5_000, 1_000, 3_000, 2_000, 9_000});

    assertThat(slice).isEqualTo(new Slice(4, 2, 3, 5));
  }

  @Test
  void aSliceIsTheSameAfterItsWayThroughALine() {
    Slice slice = new Slice(4.25, 2, 3.5, 5);

    assertThat(Slice.isLine(slice.line())).isTrue();
    assertThat(Slice.parse(slice.line())).isEqualTo(slice);
  }
}
