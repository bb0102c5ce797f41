package dev.kiln.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class StridePhaseTest {
  private static Conv2dSpec spec(int in, int kernel, int stride, int padding, int dilation) {
    int out = Math.floorDiv(in + 2 * padding - dilation * (kernel - 1) - 1, stride) + 1;
    return new Conv2dSpec(
        1, 1, in, in, 1, out, out, kernel, kernel, stride, stride, padding, padding, dilation,
        dilation, 1);
  }

  @Test
  void strideTwoSharesNineKernelPositionsOutOverFourPhases() {
    List<StridePhase> phases = StridePhase.of(spec(9, 3, 2, 1, 1));
    assertThat(phases).hasSize(4);
    assertThat(phases.stream().mapToInt(phase -> phase.kernel().size()).sum()).isEqualTo(9);
  }

  @Property
  void everyMeetingOfPixelAndPositionIsInOnePhase(
      @ForAll @IntRange(min = 1, max = 12) int in,
      @ForAll @IntRange(min = 1, max = 5) int kernel,
      @ForAll @IntRange(min = 1, max = 4) int stride,
      @ForAll @IntRange(max = 3) int padding,
      @ForAll @IntRange(min = 1, max = 4) int dilation) {
    Conv2dSpec whole = spec(in, kernel, stride, padding, dilation);
    if (whole.outHeight() < 1) {
      return;
    }
    assertThat(StridePhase.of(whole).stream().mapToInt(phase -> meetings(phase.spec())).sum())
        .isEqualTo(meetings(whole));
  }

  /** How often a pixel and a kernel position meet in an output. */
  private static int meetings(Conv2dSpec s) {
    int count = 0;
    for (int h = 0; h < s.inHeight(); h++) {
      for (int i = 0; i < s.kernelHeight(); i++) {
        int o = h + s.paddingHeight() - i * s.dilationHeight();
        int row = Math.floorDiv(o, s.strideHeight());
        count += row * s.strideHeight() == o && row >= 0 && row < s.outHeight() ? 1 : 0;
      }
    }
    int across = 0;
    for (int w = 0; w < s.inWidth(); w++) {
      for (int j = 0; j < s.kernelWidth(); j++) {
        int o = w + s.paddingWidth() - j * s.dilationWidth();
        int column = Math.floorDiv(o, s.strideWidth());
        across += column * s.strideWidth() == o && column >= 0 && column < s.outWidth() ? 1 : 0;
      }
    }
    return count * across;
  }
}
