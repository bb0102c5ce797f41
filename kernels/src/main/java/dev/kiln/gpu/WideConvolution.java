package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.Grid;
import java.util.function.Consumer;

/**
 * Convolutions by conv_cpu.cl, for CPUs behind OpenCL. The padded copy of the input is made a few
 * images at a time, so that it stays small whatever the batch.
 */
final class WideConvolution implements ConvolutionPasses {
  /** Floats of padded planes at once (8 MiB); a single image may take more. */
  private static final int WORKSPACE = 1 << 21;

  private final GpuFamily gpu;
  private final Conv2dSpec spec;
  private final String program;
  private final int lanes;
  private final int taps;

  /**
   * @param lanes floats in a vector, 8 or 16
   */
  WideConvolution(GpuFamily gpu, Conv2dSpec spec, int lanes) {
    this.gpu = gpu;
    this.spec = spec;
    this.lanes = lanes;
    this.program = "conv_cpu_" + lanes;
    this.taps = spec.kernelHeight() * spec.kernelWidth();
  }

  /** By vectors as wide as the device's. */
  static WideConvolution of(GpuFamily gpu, Conv2dSpec spec) {
    return new WideConvolution(gpu, spec, WideLanes.on(gpu));
  }

  /**
   * Padded planes: what {@code height × width} outputs read of {@code channels} planes.
   *
   * @param rows of a phase
   * @param pitch of a row
   * @param chunks vectors in a row of outputs
   */
  record Padded(int channels, int phases, int rows, int pitch, int chunks) {
    int imageFloats() {
      return Math.multiplyExact(channels * phases, Math.multiplyExact(rows, pitch));
    }

    /** Images whose planes are padded at once. */
    int images(int all) {
      return Math.max(1, Math.min(all, WORKSPACE / Math.max(1, imageFloats())));
    }
  }

  private Padded padded(int channels, int height, int width, int strideHeight, int strideWidth) {
    int chunks = GemmPlan.ceilDiv(width, lanes);
    return new Padded(
        channels,
        strideHeight * strideWidth,
        height + (spec.kernelHeight() - 1) * spec.dilationHeight() / strideHeight,
        chunks * lanes + (spec.kernelWidth() - 1) * spec.dilationWidth() / strideWidth,
        chunks);
  }

  @Override
  public void forward(Buffer x, Buffer w, WriteBack end, Buffer y) {
    Padded planes = paddedInput();
    int together = planes.images(spec.n());
    try (Workspace offsets = offsets();
        Workspace weights = packedWeights(w);
        Workspace memory = floats((long) together * planes.imageFloats())) {
      for (int first = 0; first < spec.n(); first += together) {
        int images = Math.min(together, spec.n() - first);
        padInput(x, memory.memory(), planes, first, images);
        convolve(
            memory.memory(),
            weights,
            offsets,
            end,
            y,
            first,
            images,
            spec.groupOut(),
            planes,
            spec.groupIn(),
            spec.outHeight(),
            spec.outWidth());
      }
    }
  }

  /**
   * The same of planes that are padded already, as {@link #paddedInput} tells.
   *
   * @param weights as from {@link #packedWeights(Object)}
   * @param offsets as from {@link #offsets}
   * @param y of {@code images} images
   */
  void forwardPadded(
      DeviceMemory padded, Workspace weights, Workspace offsets, int images, DeviceMemory y) {
    convolve(
        padded,
        weights,
        offsets,
        WriteBack.NONE,
        y,
        0,
        images,
        spec.groupOut(),
        paddedInput(),
        spec.groupIn(),
        spec.outHeight(),
        spec.outWidth());
  }

  @Override
  public void inputGradient(Buffer dy, Buffer w, Buffer dx) {
    Padded planes = padded(spec.outChannels(), spec.inHeight(), spec.inWidth(), 1, 1);
    int together = planes.images(spec.n());
    try (Workspace offsets = tapOffsets(planes, spec.groupOut(), 1, 1);
        Workspace weights = packedWeights(w, spec.groupIn(), spec.groupOut(), true);
        Workspace memory = floats((long) together * planes.imageFloats())) {
      for (int first = 0; first < spec.n(); first += together) {
        int images = Math.min(together, spec.n() - first);
        gpu.launch(
            program,
            "spread_planes",
            Grid.of(images * spec.outChannels(), 1),
            dy,
            memory.memory(),
            first * spec.outChannels(),
            spec.outHeight(),
            spec.outWidth(),
            (spec.kernelHeight() - 1) * spec.dilationHeight() - spec.paddingHeight(),
            (spec.kernelWidth() - 1) * spec.dilationWidth() - spec.paddingWidth(),
            spec.strideHeight(),
            spec.strideWidth(),
            planes.rows(),
            planes.pitch());
        convolve(
            memory.memory(),
            weights,
            offsets,
            WriteBack.NONE,
            dx,
            first,
            images,
            spec.groupIn(),
            planes,
            spec.groupOut(),
            spec.inHeight(),
            spec.inWidth());
      }
    }
  }

  @Override
  public void weightGradient(Buffer x, Buffer dy, Buffer dw) {
    Padded planes = paddedInput();
    Padded chunks =
        new Padded(
            spec.outChannels(), 1, spec.outHeight(), planes.chunks() * lanes, planes.chunks());
    int together = Math.min(planes.images(spec.n()), chunks.images(spec.n()));
    try (Workspace offsets = offsets();
        Workspace memory = floats((long) together * planes.imageFloats());
        Workspace gradient = floats((long) together * chunks.imageFloats())) {
      // At least once: a batch of no images has a gradient of 0.
      int first = 0;
      do {
        int images = Math.min(together, spec.n() - first);
        padInput(x, memory.memory(), planes, first, images);
        pad(
            dy,
            gradient.memory(),
            chunks,
            first * spec.outChannels(),
            images * spec.outChannels(),
            spec.outHeight(),
            spec.outWidth(),
            0,
            0,
            1,
            1);
        weightGradient(memory.memory(), gradient.memory(), offsets, dw, images, first > 0);
        first += together;
      } while (first < spec.n());
    }
  }

  /**
   * The same of planes that are padded already.
   *
   * @param padded as {@link #paddedInput} tells
   * @param dy with rows of whole vectors, {@code [images, outChannels, outHeight, chunks · lanes]}
   * @param offsets as from {@link #offsets}
   * @param more whether to add to what {@code dw} has
   */
  void weightGradient(
      DeviceMemory padded,
      DeviceMemory dy,
      Workspace offsets,
      Object dw,
      int images,
      boolean more) {
    Padded planes = paddedInput();
    int tiles =
        GemmPlan.ceilDiv(spec.groupOut(), gpu.kernels().tunable(program, "LINES"))
            * GemmPlan.ceilDiv(spec.patch(), gpu.kernels().tunable(program, "TAPS"));
    gpu.launch(
        program,
        "conv_cpu_weight_gradient",
        Grid.of(tiles * spec.groups(), 1),
        dy,
        padded,
        offsets.memory(),
        dw,
        images,
        spec.groups(),
        spec.groupOut(),
        spec.patch(),
        spec.outHeight(),
        planes.chunks(),
        planes.pitch(),
        planes.imageFloats(),
        more ? 1 : 0);
  }

  /** Where each tap of each channel lies in the padded planes; the caller's to close. */
  Workspace offsets() {
    return tapOffsets(paddedInput(), spec.groupIn(), spec.strideHeight(), spec.strideWidth());
  }

  Padded paddedInput() {
    return padded(
        spec.inChannels(),
        spec.outHeight(),
        spec.outWidth(),
        spec.strideHeight(),
        spec.strideWidth());
  }

  private void padInput(Buffer x, DeviceMemory memory, Padded planes, int first, int images) {
    pad(
        x,
        memory,
        planes,
        first * spec.inChannels(),
        images * spec.inChannels(),
        spec.inHeight(),
        spec.inWidth(),
        spec.paddingHeight(),
        spec.paddingWidth(),
        spec.strideHeight(),
        spec.strideWidth());
  }

  private void pad(
      Buffer x,
      DeviceMemory memory,
      Padded planes,
      int firstPlane,
      int count,
      int height,
      int width,
      int top,
      int left,
      int strideHeight,
      int strideWidth) {
    gpu.launch(
        program,
        "pad_planes",
        Grid.of(count, 1),
        x,
        memory,
        firstPlane,
        height,
        width,
        top,
        left,
        strideHeight,
        strideWidth,
        planes.rows(),
        planes.pitch());
  }

  /** The weights of a block's output channels side by side; the caller's to close. */
  Workspace packedWeights(Object w) {
    return packedWeights(w, spec.groupOut(), spec.groupIn(), false);
  }

  private Workspace tapOffsets(Padded planes, int channels, int strideHeight, int strideWidth) {
    return filled(
        (long) channels * taps,
        offsets ->
            gpu.launch(
                program,
                "tap_offsets",
                Grid.of(1, 1),
                offsets,
                channels,
                spec.kernelHeight(),
                spec.kernelWidth(),
                strideHeight,
                strideWidth,
                spec.dilationHeight(),
                spec.dilationWidth(),
                planes.rows(),
                planes.pitch()));
  }

  private Workspace packedWeights(Object w, int rows, int channels, boolean turned) {
    int together = gpu.kernels().tunable(program, "ROWS");
    int blocks = GemmPlan.ceilDiv(rows, together) * spec.groups();
    return filled(
        (long) blocks * together * channels * taps,
        packed ->
            gpu.launch(
                program,
                "pack_weights",
                Grid.of(blocks, 1),
                w,
                packed,
                spec.groupOut(),
                spec.groupIn(),
                taps,
                turned ? 1 : 0));
  }

  private Workspace filled(long floats, Consumer<DeviceMemory> launch) {
    Workspace workspace = floats(floats);
    try {
      launch.accept(workspace.memory());
      return workspace;
    } catch (RuntimeException e) {
      workspace.close();
      throw e;
    }
  }

  private void convolve(
      DeviceMemory padded,
      Workspace weights,
      Workspace offsets,
      WriteBack end,
      Object y,
      int firstImage,
      int images,
      int rows,
      Padded planes,
      int channels,
      int height,
      int width) {
    int blocks = GemmPlan.ceilDiv(rows, gpu.kernels().tunable(program, "ROWS"));
    gpu.launch(
        program,
        "conv_cpu",
        Grid.of(images * spec.groups() * blocks, 1),
        padded,
        weights.memory(),
        offsets.memory(),
        end.bias(),
        end.residual(),
        y,
        firstImage,
        spec.groups(),
        rows,
        channels * taps,
        height,
        width,
        planes.pitch(),
        planes.imageFloats(),
        end.code());
  }

  private Workspace floats(long count) {
    return Workspace.ofFloats(gpu.pool(), count);
  }
}
