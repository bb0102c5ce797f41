package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Conv2dSpec;

/**
 * 3 × 3 convolutions of stride 1 by winograd_cpu.cl, for CPUs behind OpenCL: half of the
 * multiplications. The images are taken a few at a time, so that what is transformed of them stays
 * in the caches.
 */
final class WideWinograd {
  private static final int RESULTS = 4;
  private static final int POINTS = 6;

  /** Floats of transformed planes at once (4 MiB); those of a single image may be more. */
  private static final int WORKSPACE = 1 << 20;

  private final GpuFamily gpu;
  private final Conv2dSpec spec;
  private final int lanes;
  private final String program;

  /**
   * @param lanes floats in a vector, 8 or 16
   */
  WideWinograd(GpuFamily gpu, Conv2dSpec spec, int lanes) {
    this.gpu = gpu;
    this.spec = spec;
    this.lanes = lanes;
    this.program = "winograd_cpu_" + lanes;
  }

  void forward(Buffer x, Buffer w, WriteBack end, Buffer y) {
    convolve(
        x,
        spec.inChannels(),
        spec.inHeight(),
        spec.inWidth(),
        w,
        false,
        spec.paddingHeight(),
        spec.paddingWidth(),
        end,
        y,
        spec.outChannels(),
        spec.outHeight(),
        spec.outWidth());
  }

  /** The convolution of dy with the kernels turned around, input and output channels swapped. */
  void inputGradient(Buffer dy, Buffer w, Buffer dx) {
    convolve(
        dy,
        spec.outChannels(),
        spec.outHeight(),
        spec.outWidth(),
        w,
        true,
        2 - spec.paddingHeight(),
        2 - spec.paddingWidth(),
        WriteBack.NONE,
        dx,
        spec.inChannels(),
        spec.inHeight(),
        spec.inWidth());
  }

  void weightGradient(Buffer x, Buffer dy, Buffer dw) {
    int channels = spec.inChannels();
    int rows = spec.outChannels();
    int tilesDown = GemmPlan.ceilDiv(spec.outHeight(), RESULTS);
    WideConvolution products =
        new WideConvolution(gpu, products(channels, rows, tilesDown, spec.outWidth()), lanes);
    WideConvolution.Padded planes = products.paddedInput();
    int pitch = planes.chunks() * lanes;
    long transformed = (long) POINTS * rows * tilesDown * pitch;
    int together = together(planes.imageFloats() + transformed);
    try (Workspace taps = floats((long) POINTS * rows * channels * 3);
        Workspace padded = floats((long) together * planes.imageFloats());
        Workspace results = floats(together * transformed);
        Workspace offsets = new Workspace(gpu.pool(), products.offsets())) {
      for (int first = 0; first < spec.n(); first += together) {
        int images = Math.min(together, spec.n() - first);
        transform(
            x,
            padded,
            first,
            images,
            channels,
            spec.inHeight(),
            spec.inWidth(),
            spec.paddingHeight(),
            spec.paddingWidth(),
            tilesDown,
            planes.pitch());
        gpu.launch(
            program,
            "winograd_results_gradient",
            Grid.of(images * rows, 1),
            dy,
            results.memory(),
            first * rows,
            rows,
            spec.outHeight(),
            spec.outWidth(),
            tilesDown,
            pitch);
        products.weightGradient(
            padded.memory(), results.memory(), offsets.memory(), taps.memory(), images, first > 0);
      }
      gpu.launch(program, "winograd_taps_gradient", Grid.of(rows, 1), taps.memory(), dw, channels);
    }
  }

  private int together(long floats) {
    return (int) Math.max(1, Math.min(spec.n(), WORKSPACE / floats));
  }

  /** The images' rows, padded. */
  private void transform(
      Buffer x,
      Workspace padded,
      int first,
      int images,
      int channels,
      int height,
      int width,
      int top,
      int left,
      int tilesDown,
      int pitch) {
    gpu.launch(
        program,
        "winograd_rows",
        Grid.of(images * channels, 1),
        x,
        padded.memory(),
        first * channels,
        channels,
        height,
        width,
        top,
        left,
        tilesDown,
        pitch);
  }

  private void convolve(
      Buffer x,
      int channels,
      int height,
      int width,
      Buffer w,
      boolean turned,
      int top,
      int left,
      WriteBack end,
      Buffer y,
      int rows,
      int toHeight,
      int toWidth) {
    int tilesDown = GemmPlan.ceilDiv(toHeight, RESULTS);
    WideConvolution products =
        new WideConvolution(gpu, products(channels, rows, tilesDown, toWidth), lanes);
    WideConvolution.Padded planes = products.paddedInput();
    long transformed = (long) POINTS * rows * tilesDown * toWidth;
    int together = together(planes.imageFloats() + transformed);
    try (Workspace taps = floats((long) POINTS * rows * channels * 3);
        Workspace padded = floats((long) together * planes.imageFloats());
        Workspace results = floats(together * transformed + lanes)) {
      gpu.launch(
          program,
          "winograd_taps",
          Grid.of(rows, 1),
          w,
          taps.memory(),
          channels,
          turned ? 9 : 9 * channels,
          turned ? 9 * rows : 9,
          turned ? 1 : 0);
      try (WideConvolution.Filters filters = products.filters(taps.memory())) {
        for (int first = 0; first < spec.n(); first += together) {
          int images = Math.min(together, spec.n() - first);
          transform(
              x,
              padded,
              first,
              images,
              channels,
              height,
              width,
              top,
              left,
              tilesDown,
              planes.pitch());
          products.forwardPadded(padded.memory(), filters, images, results.memory());
          gpu.launch(
              program,
              "winograd_results",
              Grid.of(images * rows, 1),
              results.memory(),
              end.bias(),
              end.residual(),
              y,
              first * rows,
              rows,
              toHeight,
              toWidth,
              tilesDown,
              end.code());
        }
      }
    }
  }

  /** A row of each tile: a convolution in a group for each point, its kernels one row high. */
  private Conv2dSpec products(int channels, int rows, int tilesDown, int width) {
    return new Conv2dSpec(
        spec.n(),
        POINTS * channels,
        tilesDown,
        width + 2,
        POINTS * rows,
        tilesDown,
        width,
        1,
        3,
        1,
        1,
        0,
        0,
        1,
        1,
        POINTS);
  }

  private Workspace floats(long count) {
    return Workspace.ofFloats(gpu.pool(), count);
  }
}
