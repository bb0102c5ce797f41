package dev.kiln.backend;

import java.util.ArrayList;
import java.util.List;

/**
 * One part of a strided convolution's input gradient: the input pixels that see the same kernel
 * positions. With stride 2 and a 3 x 3 kernel there are four:
 *
 * <pre>
 *   kernel positions    0 1 2        input pixels    a b a b        a  sees 0, 2 in its rows and in
 *                       . . .                        c d c d           its columns
 *                       . . .                        a b a b        d  sees the middle one alone
 * </pre>
 *
 * <p>Over these pixels and positions alone the gradient is that of a convolution with stride 1, so
 * that nothing is multiplied with the zeros in between.
 *
 * @param spec that convolution: its input are the pixels of this phase, its kernel the positions
 *     that they see, its output the whole convolution's. Padding may be negative
 * @param kernel takes those positions out of the weight
 * @param pixels puts the gradient of those pixels into that of the input
 */
public record StridePhase(Conv2dSpec spec, StridedCopy kernel, StridedCopy pixels) {

  /** All phases in which there are pixels that see a kernel position; the others' gradient is 0. */
  public static List<StridePhase> of(Conv2dSpec whole) {
    List<StridePhase> phases = new ArrayList<>();
    for (int h = 0; h < whole.strideHeight(); h++) {
      Line rows =
          Line.of(
              h,
              whole.inHeight(),
              whole.kernelHeight(),
              whole.strideHeight(),
              whole.paddingHeight(),
              whole.dilationHeight());
      for (int w = 0; w < whole.strideWidth(); w++) {
        Line columns =
            Line.of(
                w,
                whole.inWidth(),
                whole.kernelWidth(),
                whole.strideWidth(),
                whole.paddingWidth(),
                whole.dilationWidth());
        if (rows.pixels > 0 && rows.taps > 0 && columns.pixels > 0 && columns.taps > 0) {
          phases.add(phase(whole, rows, columns));
        }
      }
    }
    return phases;
  }

  /** Whether these are all pixels, so that their gradient is all of the input's. */
  public static boolean coverAll(List<StridePhase> phases, Conv2dSpec whole) {
    return phases.stream().mapToInt(phase -> phase.spec.inPixels()).sum() == whole.inPixels();
  }

  private static StridePhase phase(Conv2dSpec whole, Line rows, Line columns) {
    Conv2dSpec spec =
        new Conv2dSpec(
            whole.n(),
            whole.inChannels(),
            rows.pixels,
            columns.pixels,
            whole.outChannels(),
            whole.outHeight(),
            whole.outWidth(),
            rows.taps,
            columns.taps,
            1,
            1,
            rows.padding,
            columns.padding,
            rows.dilation,
            columns.dilation,
            whole.groups());
    int width = whole.kernelWidth();
    StridedCopy kernel =
        copy(
            whole.outChannels() * whole.groupIn(),
            rows.taps,
            columns.taps,
            rows.firstTap * width + columns.firstTap,
            new int[] {whole.kernelHeight() * width, rows.tapStep * width, columns.tapStep});
    int[] dense = {spec.inPixels(), spec.inWidth(), 1};
    int[] spread = {whole.inPixels(), whole.strideHeight() * whole.inWidth(), whole.strideWidth()};
    StridedCopy pixels =
        StridedCopy.of(
            new int[] {whole.n() * whole.inChannels(), rows.pixels, columns.pixels},
            0,
            dense,
            rows.firstPixel * whole.inWidth() + columns.firstPixel,
            spread);
    return new StridePhase(spec, kernel, pixels);
  }

  private static StridedCopy copy(int planes, int rows, int columns, int offset, int[] strides) {
    int[] extents = {planes, rows, columns};
    return StridedCopy.of(extents, offset, strides, 0, new int[] {rows * columns, columns, 1});
  }

  /**
   * A phase in one dimension: every {@code stride}th pixel, and every {@code tapStep}th position.
   */
  private record Line(
      int firstPixel, int pixels, int firstTap, int tapStep, int taps, int padding, int dilation) {

    /** Pixel p and tap i meet in output o: {@code p + padding = o · stride + i · dilation}. */
    static Line of(int first, int extent, int kernel, int stride, int padding, int dilation) {
      int divisor = divisor(stride, dilation);
      int tap = 0;
      while (tap < stride && Math.floorMod(first + padding - tap * dilation, stride) != 0) {
        tap++;
      }
      int step = stride / divisor;
      int taps = tap >= Math.min(stride, kernel) ? 0 : (kernel - 1 - tap) / step + 1;
      return new Line(
          first,
          Math.max(0, (extent - first + stride - 1) / stride),
          tap,
          step,
          taps,
          Math.floorDiv(first + padding - tap * dilation, stride),
          dilation / divisor);
    }

    private static int divisor(int a, int b) {
      return b == 0 ? a : divisor(b, a % b);
    }
  }
}
