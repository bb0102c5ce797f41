package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.gpu.driver.Grid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Depthwise convolutions by conv_depthwise.cl, for CPUs behind OpenCL. */
final class WideDepthwise implements ConvolutionPasses {
  /** Output channels for each input channel from which the other kernels waste little. */
  private static final int MANY = 4;

  /** Groups for each core: enough to be even, each with a slot of workspace. */
  private static final int GROUPS_PER_UNIT = 16;

  private final GpuConvolution gpu;
  private final Conv2dSpec spec;
  private final String program;
  private final int block;
  private final int rows;
  private final int pitch;

  private WideDepthwise(GpuConvolution gpu, Conv2dSpec spec, int lanes) {
    this.gpu = gpu;
    this.spec = spec;
    this.program = "conv_depthwise_" + lanes;
    this.block = 4 * lanes;
    this.rows =
        spec.outHeight() + (spec.kernelHeight() - 1) * spec.dilationHeight() / spec.strideHeight();
    this.pitch =
        spec.outWidth() + (spec.kernelWidth() - 1) * spec.dilationWidth() / spec.strideWidth();
  }

  /** Null where these kernels are not for it. */
  static @Nullable WideDepthwise of(GpuConvolution gpu, Conv2dSpec spec) {
    int lanes = WideLanes.on(gpu);
    int taps = spec.kernelHeight() * spec.kernelWidth();
    boolean depthwise = spec.groupIn() == 1 && spec.groupOut() < MANY && spec.groupOut() > 0;
    return depthwise && taps <= gpu.kernels().tunable("conv_depthwise_" + lanes, "MAX_TAPS")
        ? new WideDepthwise(gpu, spec, lanes)
        : null;
  }

  @Override
  public void forward(Buffer x, Buffer w, WriteBack end, Buffer y) {
    launch(
        "depthwise_forward",
        spec.n() * spec.outChannels(),
        paddedSlot(),
        List.of(end.code()),
        x,
        w,
        end.bias(),
        end.residual(),
        y);
  }

  @Override
  public void inputGradient(Buffer dy, Buffer w, Buffer dx) {
    int phase = whole(rows * pitch);
    int reach = rows * pitch - spec.outHeight() * pitch + pitch - spec.outWidth();
    launch(
        "depthwise_input_gradient",
        spec.n() * spec.inChannels(),
        spec.groupOut() * (reach + phase) + phase,
        List.of(),
        dy,
        w,
        dx);
  }

  @Override
  public boolean inputGradientStrides() {
    return true;
  }

  @Override
  public void weightGradient(Buffer x, Buffer dy, Buffer dw) {
    launch("depthwise_weight_gradient", spec.outChannels(), paddedSlot(), List.of(), dy, x, dw);
  }

  /** A padded plane and a run more, and a run of outputs. */
  private int paddedSlot() {
    int phases = spec.strideHeight() * spec.strideWidth();
    return Math.addExact(
        Math.multiplyExact(phases, rows * pitch), 2 * whole(spec.outHeight() * pitch));
  }

  private int whole(int run) {
    return (run + block - 1) / block * block;
  }

  /**
   * @param more arguments after the others
   */
  private void launch(
      String kernel, int jobs, int slot, List<Integer> more, @Nullable Buffer... operands) {
    int groups = Math.min(jobs, GROUPS_PER_UNIT * gpu.driver().info().computeUnits());
    if (groups == 0) {
      return;
    }
    try (Workspace workspace = Workspace.ofFloats(gpu.pool(), (long) groups * slot)) {
      List<@Nullable Object> arguments = new ArrayList<>(Arrays.asList(operands));
      arguments.add(workspace.memory());
      GpuConvolution.addExtents(arguments, spec);
      arguments.add(rows);
      arguments.add(pitch);
      arguments.add(slot);
      arguments.addAll(more);
      gpu.launch(program, kernel, Grid.of(groups, 1), arguments.toArray());
    }
  }
}
