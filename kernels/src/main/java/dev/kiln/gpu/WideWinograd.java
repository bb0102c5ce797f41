package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.gpu.driver.Grid;

/**
 * 3 × 3 convolutions of stride 1 by winograd_cpu.cl, for CPUs behind OpenCL: half of the
 * multiplications. The images are taken a few at a time, so that what is transformed of them stays
 * in the caches.
 */
final class WideWinograd implements ConvolutionPasses {
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

  @Override
  public void forward(Buffer x, Buffer w, WriteBack end, Buffer y) {
    convolve(spec, x, w, false, end, y);
  }

  @Override
  public void inputGradient(Buffer dy, Buffer w, Buffer dx) {
    convolve(WinogradConvolution.turned(spec), dy, w, true, WriteBack.NONE, dx);
  }

  @Override
  public void weightGradient(Buffer x, Buffer dy, Buffer dw) {
    int channels = spec.inChannels();
    int rows = spec.outChannels();
    int tilesDown = tilesDown(spec);
    WideConvolution products = new WideConvolution(gpu, products(spec), lanes);
    WideConvolution.Padded planes = products.paddedInput();
    int pitch = planes.chunks() * lanes;
    long transformed = (long) POINTS * rows * tilesDown * pitch;
    int together = together(planes.imageFloats() + transformed);
    try (Workspace taps = floats((long) POINTS * rows * channels * 3);
        Workspace padded = floats((long) together * planes.imageFloats());
        Workspace results = floats(together * transformed);
        Workspace offsets = products.offsets()) {
      for (int first = 0; first < spec.n(); first += together) {
        int images = Math.min(together, spec.n() - first);
        transform(spec, x, padded, first, images, planes.pitch());
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
            padded.memory(), results.memory(), offsets, taps.memory(), images, first > 0);
      }
      gpu.launch(program, "winograd_taps_gradient", Grid.of(rows, 1), taps.memory(), dw, channels);
    }
  }

  private int together(long floats) {
    return (int) Math.max(1, Math.min(spec.n(), WORKSPACE / floats));
  }

  private static int tilesDown(Conv2dSpec pass) {
    return GemmPlan.ceilDiv(pass.outHeight(), RESULTS);
  }

  /** The images' rows, padded. */
  private void transform(
      Conv2dSpec pass, Buffer x, Workspace padded, int first, int images, int pitch) {
    gpu.launch(
        program,
        "winograd_rows",
        Grid.of(images * pass.inChannels(), 1),
        x,
        padded.memory(),
        first * pass.inChannels(),
        pass.inChannels(),
        pass.inHeight(),
        pass.inWidth(),
        pass.paddingHeight(),
        pass.paddingWidth(),
        tilesDown(pass),
        pitch);
  }

  /**
   * @param pass forward, or the input gradient as a convolution
   * @param turned whether {@code w} has the channels swapped, and its kernels are turned around
   */
  private void convolve(
      Conv2dSpec pass, Buffer x, Buffer w, boolean turned, WriteBack end, Buffer y) {
    int channels = pass.inChannels();
    int rows = pass.outChannels();
    int tilesDown = tilesDown(pass);
    WideConvolution products = new WideConvolution(gpu, products(pass), lanes);
    WideConvolution.Padded planes = products.paddedInput();
    long transformed = (long) POINTS * rows * tilesDown * pass.outWidth();
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
      try (Workspace weights = products.packedWeights(taps.memory());
          Workspace offsets = products.offsets()) {
        for (int first = 0; first < spec.n(); first += together) {
          int images = Math.min(together, spec.n() - first);
          transform(pass, x, padded, first, images, planes.pitch());
          products.forwardPadded(padded.memory(), weights, offsets, images, results.memory());
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
              pass.outHeight(),
              pass.outWidth(),
              tilesDown,
              end.code());
        }
      }
    }
  }

  /** A row of each tile: a convolution in a group for each point, its kernels one row high. */
  private static Conv2dSpec products(Conv2dSpec pass) {
    int tilesDown = tilesDown(pass);
    return new Conv2dSpec(
        pass.n(),
        POINTS * pass.inChannels(),
        tilesDown,
        pass.outWidth() + 2,
        POINTS * pass.outChannels(),
        tilesDown,
        pass.outWidth(),
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
