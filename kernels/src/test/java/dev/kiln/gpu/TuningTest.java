package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.backend.Cell;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.GemmSpec;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.backend.Rows;
import dev.kiln.gpu.driver.DriverInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which variant is taken where several things are known. */
final class TuningTest {
  private static final DriverInfo DEVICE = new FakeDriver(1).info();
  private static final GemmSpec PRODUCT = GemmSpec.of(512, 512, 64, false, false);

  @AfterEach
  void clear() {
    System.clearProperty(Tuning.PROPERTY);
  }

  private static Winners winners(String... lines) {
    Winners winners = new Winners();
    for (String line : lines) {
      winners.parse(line);
    }
    return winners;
  }

  private static String nearest(Winners winners, Family family, Record work) {
    return String.valueOf(winners.nearest(WorkShape.of(family, work)));
  }

  @Test
  void thePropertyNamesFamiliesAndVariants() {
    System.setProperty(Tuning.PROPERTY, "gemm=64/4,recurrent=step_16,rows=own");
    Tuning tuning = Tuning.ofProperty();
    assertThat(tuning.variant(Family.GEMM, PRODUCT)).isEqualTo("64/4");
    assertThat(tuning.variant(Family.RECURRENT, DEVICE)).isEqualTo("step_16");
    assertThat(tuning.variant(Family.ROWS, DEVICE)).isEqualTo("own");
    assertThat(tuning.variant(Family.SUM, DEVICE)).isNull();
  }

  @Test
  void kernelsForWhatIsNoKindOfDeviceAreAnError() {
    System.setProperty("kiln.gpu.kernels", "cup");
    try {
      assertThatThrownBy(() -> GpuBackend.of(new FakeDriver(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("-Dkiln.gpu.kernels is cpu or gpu, not \"cup\"");
    } finally {
      System.clearProperty("kiln.gpu.kernels");
    }
  }

  @Test
  void aFamilyThatIsNoneIsAnError() {
    System.setProperty(Tuning.PROPERTY, "gem=64");
    assertThatThrownBy(Tuning::ofProperty)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"gem\" is no family")
        .hasMessageContaining("wide_gemm");
    System.setProperty(Tuning.PROPERTY, "gemm");
    assertThatThrownBy(Tuning::ofProperty).hasMessageContaining("\"gemm\" is not family=variant");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gemm=65",
        "gemm=",
        "wide_gemm=64",
        "conv_forward=odd",
        "recurrent=steps",
        "sum=lane",
        "rows=group_64",
        "lanes=4"
      })
  void aVariantThatNoWorkHasIsAnError(String text) {
    System.setProperty(Tuning.PROPERTY, text);
    assertThatThrownBy(Tuning::ofProperty)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has a variant");
  }

  @Test
  void aVariantThatThisWorkHasNotLeavesThePlansChoice() {
    System.setProperty(Tuning.PROPERTY, "gemm=64");
    GemmSpec odd = GemmSpec.of(7, 9, 5, false, false);
    GemmPlan own = GemmPlan.of(odd, 1);
    assertThat(Tuning.ofProperty().choose(Family.GEMM, odd, own, () -> GemmPlan.candidates(odd)))
        .isSameAs(own);
  }

  @Test
  void aWorkTakesTheWinnerOfTheOneMostLikeIt() {
    Winners winners =
        winners(
            "gemm nn 512 512 64 1 = 64/2",
            "gemm nn 512 512 128 1 = 128",
            "gemm tn 512 512 64 1 = direct");
    assertThat(nearest(winners, Family.GEMM, PRODUCT)).isEqualTo("64/2");
    assertThat(nearest(winners, Family.GEMM, GemmSpec.of(500, 600, 76, false, false)))
        .isEqualTo("64/2");
    assertThat(nearest(winners, Family.GEMM, GemmSpec.of(512, 512, 100, false, false)))
        .isEqualTo("128");
    assertThat(nearest(winners, Family.GEMM, GemmSpec.of(512, 512, 64, true, false)))
        .isEqualTo("direct");
  }

  @Test
  void aWorkLikeNoneHasNoWinner() {
    Winners winners = winners("gemm nn 512 512 64 1 = 64/2");
    for (GemmSpec unlike :
        List.of(
            GemmSpec.of(512, 512, 256, false, false),
            GemmSpec.of(200, 512, 64, false, false),
            GemmSpec.of(512, 512, 64, false, true),
            GemmSpec.of(512, 511, 64, false, false), // its rows are not read in fours
            new GemmSpec(512, 512, 64, false, false, 8, 512 * 64, 512 * 64))) {
      assertThat(winners.nearest(WorkShape.of(Family.GEMM, unlike))).as("%s", unlike).isNull();
    }
    assertThat(winners.nearest(WorkShape.of(Family.WIDE_GEMM, PRODUCT))).isNull();
  }

  static Stream<WorkShape> shapes() {
    Rows rows = new Rows(64, 10, 1);
    Conv2dSpec strided = new Conv2dSpec(8, 4, 9, 9, 6, 4, 4, 3, 3, 2, 2, 0, 0, 1, 1, 2);
    return Stream.of(
        WorkShape.of(Family.GEMM, GemmSpec.of(3, 4, 5, true, false)),
        WorkShape.of(Family.CONV_WEIGHT_GRADIENT, strided),
        WorkShape.of(
            Family.RECURRENT,
            new RecurrentSpec(Cell.GRU_RESET_FIRST, 5, 6, 7, false, false, 7, 0, 0)),
        WorkShape.of(Family.SUM, rows),
        WorkShape.of(Family.MAX, new Rows(1, 10, 64)),
        WorkShape.of(Family.ROWS, new RowPlan.Work("cross_entropy", rows)),
        WorkShape.of(Family.LANES, DEVICE));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void everyShapeIsReadAsItWasWritten(WorkShape shape) {
    WorkShape read = WorkShape.parse(shape.toString());
    assertThat(read).isEqualTo(shape);
    assertThat(shape.distance(read)).isZero();
  }

  @Test
  void strideGroupsAndKernelTellConvolutionsApart() {
    Conv2dSpec plain = new Conv2dSpec(8, 4, 9, 9, 6, 7, 7, 3, 3, 1, 1, 0, 0, 1, 1, 1);
    Conv2dSpec strided = new Conv2dSpec(8, 4, 9, 9, 6, 7, 7, 3, 3, 2, 1, 0, 0, 1, 1, 1);
    Conv2dSpec wider = new Conv2dSpec(8, 4, 9, 9, 6, 7, 7, 3, 5, 1, 1, 0, 1, 1, 1, 1);
    WorkShape shape = WorkShape.of(Family.CONV_FORWARD, plain);
    assertThat(shape.distance(WorkShape.of(Family.CONV_FORWARD, strided))).isInfinite();
    assertThat(shape.distance(WorkShape.of(Family.CONV_FORWARD, wider))).isInfinite();
    assertThat(shape.distance(WorkShape.of(Family.CONV_INPUT_GRADIENT, plain))).isInfinite();
  }

  @Test
  void ownStandsInTheWayOfWhatIsAskedNext() {
    Tuning first = winners("gemm nn 512 512 64 1 = own").tuning();
    Tuning second = (family, work) -> "direct";
    assertThat(first.or(second).variant(Family.GEMM, PRODUCT)).isEqualTo("own");
    assertThat(first.or(second).variant(Family.SUM, new Rows(1, 2, 3))).isEqualTo("direct");
    assertThat(Tuning.NONE.or(second)).isSameAs(second);
    assertThat(second.or(Tuning.NONE)).isSameAs(second);

    GemmPlan own = GemmPlan.of(PRODUCT, 1);
    assertThat(
            first.or(second).choose(Family.GEMM, PRODUCT, own, () -> GemmPlan.candidates(PRODUCT)))
        .isSameAs(own);
  }

  @Test
  void eachWorkIsLookedUpOnce() {
    Map<Record, Integer> asked = new HashMap<>();
    Choices choices =
        new Choices(
            (family, work) -> {
              asked.merge(work, 1, Integer::sum);
              return "direct";
            });
    for (int i = 0; i < 3; i++) {
      for (int n = 1; n < 4; n++) {
        GemmSpec spec = GemmSpec.of(512, 512, 64 * n, false, false);
        GemmPlan own = GemmPlan.of(spec, 1);
        GemmPlan chosen = choices.choose(Family.GEMM, spec, own, () -> GemmPlan.candidates(spec));
        assertThat(chosen.variant()).isEqualTo("direct");
      }
    }
    assertThat(asked.values()).containsOnly(1).hasSize(3);
  }

  @Test
  void anUnknownDeviceTakesTheNearestClassOfItsKindOfKernels() {
    TuningTable table =
        TuningTable.parse(
            """
            # a comment
            class OpenCL cpu 0 16 2 AuthenticAMD
            gemm nn 512 512 64 1 = 64/2

            class CUDA gpu 90 1 132 NVIDIA Corporation
            gemm nn 512 512 64 1 = 128
            class OpenCL gpu 0 1 60 Advanced Micro Devices
            gemm nn 512 512 64 1 = direct
            """);
    assertThat(gemmOf(table, "CUDA gpu 75 1 40 NVIDIA Corporation")).isEqualTo("128");
    assertThat(gemmOf(table, "OpenCL gpu 0 1 32 Intel")).isEqualTo("direct");
    assertThat(gemmOf(table, "OpenCL cpu 0 8 64 GenuineIntel")).isEqualTo("64/2");
    TuningTable onlyCpus = TuningTable.parse("class OpenCL cpu 0 16 2 AuthenticAMD\n");
    assertThat(onlyCpus.nearest(DeviceClass.parse("OpenCL gpu 0 1 60 AuthenticAMD")).size())
        .isZero();
  }

  private static String gemmOf(TuningTable table, String device) {
    return nearest(table.nearest(DeviceClass.parse(device)), Family.GEMM, PRODUCT);
  }

  @Test
  void aTableThatMakesNoSenseIsAnError() {
    for (String text :
        List.of(
            "gemm nn 1 1 1 1 = 64",
            "class OpenCL cpu 0 16\n",
            "class OpenCL tpu 0 16 2 Any\n",
            "class OpenCL cpu 0 16 2 Any\ngemm nn 1 1 1 1 = 65",
            "class OpenCL cpu 0 16 2 Any\ngemm nn 1 1 one 1 = 64",
            "class OpenCL cpu 0 16 2 Any\ngem nn 1 1 1 1 = 64")) {
      assertThatThrownBy(() -> TuningTable.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void theShippedTableIsForDevicesOfTheClassesThatItNames() {
    DeviceClass device = DeviceClass.of(DEVICE, false);
    assertThat(device).isEqualTo(DeviceClass.parse(device.toString()));
    // no GPU has been measured
    assertThat(TuningTable.shipped().nearest(device).size()).isZero();

    // on PoCL the plans' own choices won
    assertThat(TuningTable.shipped().nearest(DeviceClass.of(DEVICE, true)).size()).isZero();
  }
}
