package dev.kiln.bench.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkTest {
  @Test
  void oneNumberNamesASquareProduct() {
    assertThat(Work.parse("sgemm-64")).isEqualTo(new GemmWork("sgemm-64", 64, 64, 64));
  }

  @Test
  void threeNumbersNameRowsSumAndColumns() {
    assertThat(Work.parse("sgemm-8x512x2048"))
        .isEqualTo(new GemmWork("sgemm-8x512x2048", 8, 512, 2048));
  }

  @Test
  void aConvolutionHasStrideAndGroupsOnlyIfTold() {
    String name = "conv-32x88x12-f20k5p0";
    assertThat(Work.parse(name)).isEqualTo(new ConvWork(name, 32, 88, 12, 20, 5, 0, 1, 1, false));
    String more = "conv-2x8x9-f4k3p1s2g4-train";
    assertThat(Work.parse(more)).isEqualTo(new ConvWork(more, 2, 8, 9, 4, 3, 1, 2, 4, true));
  }

  @Test
  void withoutFiltersAConvolutionIsDepthwiseAndKeepsItsSize() {
    String name = "conv-8x128x28-k3";
    ConvWork work = (ConvWork) Work.parse(name);
    assertThat(work).isEqualTo(new ConvWork(name, 8, 128, 28, 128, 3, 1, 1, 128, false));
    assertThat(work.out()).isEqualTo(28);
  }

  @Test
  void aRecurrentNameTellsBatchStepsInputAndUnits() {
    String name = "gru-b64t32i128h256-train";
    assertThat(Work.parse(name))
        .isEqualTo(new RecurrentWork(name, RecurrentWork.Kind.GRU, 64, 32, 128, 256, true));
  }

  @Test
  void aPoolingNameTellsKernelStrideAndPadding() {
    String name = "avgpool-64x88x12-k3s1p1-train";
    assertThat(Work.parse(name)).isEqualTo(new PoolWork(name, false, 64, 88, 12, 3, 1, 1, true));
  }

  @Test
  void aTrainingStepHasTheShapesOfItsName() {
    TrainWork work = (TrainWork) Work.parse("longseq-b170t10h25x2");
    assertThat(work.inputShape()).containsExactly(170, 10, 25);
    assertThat(work.targets()).hasSize(1700);
    assertThat(work.layers()).containsExactly(new Layer.Rnn(25, 25, 2), new Layer.Linear(25, 25));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"sgemm", "sgemm-3x4", "dgemm-64", "conv-8x64x56", "lstm-b1t1i1h1", "mlp-3-4", ""})
  void anotherNameIsAnsweredWithTheGrammar(String name) {
    assertThatThrownBy(() -> Work.parse(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("there is no work \"" + name + "\": there are sgemm-N,")
        .hasMessageContaining("conv-NxCxH-fFkKpP");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sgemm-0",
        "conv-1x1x4-f1k5p0",
        "conv-1x3x8-f4k3p1g2",
        "maxpool-1x1x8-k2s2p2",
        "hihello-b0t1h1",
        "hihello-b1t1h1-read0",
        "adam-0x3"
      })
  void sizesThatCannotBeAreRefused(String name) {
    assertThatThrownBy(() -> Work.parse(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(name + ":");
  }

  @Test
  void dataAreTheSameEveryTimeAndOthersForAnotherName() {
    float[] once = Data.uniform("a", -1, 1, 1000);
    assertThat(Data.uniform("a", -1, 1, 1000)).isEqualTo(once);
    float[] other = Data.uniform("b", -1, 1, 1000);
    assertThat(Arrays.copyOf(other, 999)).isNotEqualTo(Arrays.copyOfRange(once, 1, 1000));
    double correlation = 0;
    for (int i = 0; i < once.length; i++) {
      correlation += once[i] * other[i];
      assertThat(once[i]).isBetween(-1f, 1f);
    }
    assertThat(Math.abs(correlation / once.length)).isLessThan(0.05);
  }

  @Test
  void moreThanAnArrayHoldsIsRefused() {
    GemmWork work = (GemmWork) Work.parse("sgemm-50000");
    assertThatThrownBy(work::a)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a [50000, 50000] has more numbers than an array can hold");
  }
}
