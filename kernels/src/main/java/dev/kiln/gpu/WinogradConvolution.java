package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.GemmSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * 3 × 3 convolutions of stride 1 by winograd.cl: tiles of the images and the kernels are
 * transformed, multiplied as a batch of matrices, and transformed back. The images are taken a few
 * at a time, so that what is transformed of them stays within bounds.
 */
final class WinogradConvolution implements ConvolutionPasses {
  /** Floats that transformed tiles take at once (256 MiB); those of a single image may be more. */
  private static final long WORKSPACE = 1 << 26;

  /** Floats that the transformed tiles of an image may take at all. */
  private static final long MAX_IMAGE = 1 << 29;

  private final GpuGemm gpu;
  private final Conv2dSpec spec;
  private final String program;
  private final int results;
  private final int products;

  /**
   * @param results pixels of a tile's side, 2 or 4
   */
  WinogradConvolution(GpuGemm gpu, Conv2dSpec spec, int results) {
    this.gpu = gpu;
    this.spec = spec;
    this.results = results;
    this.program = "winograd_" + results;
    this.products = (results + 2) * (results + 2);
  }

  /** Whether there is such a way to compute the convolution, and its gradients. */
  static boolean takes(Conv2dSpec spec) {
    return spec.n() > 0
        && spec.kernelHeight() == 3
        && spec.kernelWidth() == 3
        && spec.strideHeight() == 1
        && spec.strideWidth() == 1
        && spec.dilationHeight() == 1
        && spec.dilationWidth() == 1
        && spec.groups() == 1
        && numbersOfImage(spec) <= MAX_IMAGE;
  }

  /** The input gradient as a convolution of dy: with the kernels turned, the channels swapped. */
  static Conv2dSpec turned(Conv2dSpec spec) {
    return new Conv2dSpec(
        spec.n(),
        spec.outChannels(),
        spec.outHeight(),
        spec.outWidth(),
        spec.inChannels(),
        spec.inHeight(),
        spec.inWidth(),
        3,
        3,
        1,
        1,
        2 - spec.paddingHeight(),
        2 - spec.paddingWidth(),
        1,
        1,
        1);
  }

  /** An upper bound of what the tiles of an image take, for either size of tile. */
  private static long numbersOfImage(Conv2dSpec spec) {
    long pixels = (spec.inHeight() + 6L) * (spec.inWidth() + 6L);
    return 4 * pixels * Math.max(spec.inChannels(), spec.outChannels());
  }

  /**
   * The tiles that the results of some images are cut into.
   *
   * @param first of the images
   * @param images how many
   */
  private record Tiles(int down, int across, int first, int images) {
    int count() {
      return images * down * across;
    }

    /** Numbers from one channel's tiles to the next one's: rows that gemm reads four at a time. */
    int pitch() {
      return (count() + 3) / 4 * 4;
    }
  }

  private Tiles tiles(Conv2dSpec pass, int first, int images) {
    return new Tiles(
        GemmPlan.ceilDiv(pass.outHeight(), results),
        GemmPlan.ceilDiv(pass.outWidth(), results),
        first,
        images);
  }

  @Override
  public void forward(Buffer x, Buffer w, WriteBack end, Buffer y) {
    convolve(spec, x, w, false, end, y);
  }

  @Override
  public void inputGradient(Buffer dy, Buffer w, Buffer dx) {
    convolve(turned(spec), dy, w, true, WriteBack.NONE, dx);
  }

  /**
   * @param pass forward, or the input gradient as a convolution
   * @param turned whether {@code w} has the channels swapped, and its kernels are turned around
   */
  private void convolve(
      Conv2dSpec pass, Buffer x, Buffer w, boolean turned, WriteBack end, Buffer y) {
    int channels = pass.inChannels();
    int rows = pass.outChannels();
    int together = together(pass);
    try (Workspace kernels = floats((long) rows * channels)) {
      Buffer u = kernels.buffer(products * rows * channels);
      gpu.launch(
          program,
          "winograd_kernel",
          gpu.covering(program, (long) rows * channels),
          w,
          u,
          rows,
          channels,
          turned ? 9 : 9 * channels,
          turned ? 9 * rows : 9,
          turned ? 1 : 0);
      for (int first = 0; first < spec.n(); first += together) {
        Tiles tiles = tiles(pass, first, Math.min(together, spec.n() - first));
        int pitch = tiles.pitch();
        try (Workspace images = floats((long) channels * pitch);
            Workspace results = floats((long) rows * pitch)) {
          Buffer v = images.buffer(products * channels * pitch);
          Buffer m = results.buffer(products * rows * pitch);
          transform(pass, tiles, x, v);
          GemmSpec product =
              new GemmSpec(
                  rows, pitch, channels, false, false, products, rows * channels, channels * pitch);
          gpu.product(product, u, v, WriteBack.NONE, m);
          onResults("winograd_results", pass, tiles, m, end.bias(), end.residual(), y, end.code());
        }
      }
    }
  }

  @Override
  public void weightGradient(Buffer x, Buffer dy, Buffer dw) {
    int rows = spec.outChannels();
    int channels = spec.inChannels();
    int together = together(spec);
    try (Workspace kernels = floats((long) rows * channels)) {
      Buffer u = kernels.buffer(products * rows * channels);
      for (int first = 0; first < spec.n(); first += together) {
        Tiles tiles = tiles(spec, first, Math.min(together, spec.n() - first));
        int pitch = tiles.pitch();
        try (Workspace images = floats((long) channels * pitch);
            Workspace results = floats((long) rows * pitch)) {
          Buffer v = images.buffer(products * channels * pitch);
          Buffer m = results.buffer(products * rows * pitch);
          transform(spec, tiles, x, v);
          onResults("winograd_results_gradient", spec, tiles, dy, m);
          GemmSpec product =
              new GemmSpec(
                  rows, channels, pitch, false, true, products, rows * pitch, channels * pitch);
          gpu.product(product, m, v, WriteBack.NONE, u);
        }
        gpu.launch(
            program,
            "winograd_kernel_gradient",
            gpu.covering(program, (long) rows * channels),
            u,
            dw,
            rows * channels,
            first > 0 ? 1 : 0);
      }
    }
  }

  private void transform(Conv2dSpec pass, Tiles tiles, Buffer x, Buffer v) {
    onTiles(
        "winograd_image",
        tiles,
        pass.inChannels(),
        pass.inHeight(),
        pass.inWidth(),
        x,
        v,
        pass.paddingHeight(),
        pass.paddingWidth());
  }

  private void onResults(String kernel, Conv2dSpec pass, Tiles tiles, @Nullable Object... first) {
    onTiles(kernel, tiles, pass.outChannels(), pass.outHeight(), pass.outWidth(), first);
  }

  /** A launch over the tiles of all channels; {@code first} are the kernel's first arguments. */
  private void onTiles(
      String kernel, Tiles tiles, int channels, int height, int width, @Nullable Object... first) {
    List<@Nullable Object> arguments = new ArrayList<>(Arrays.asList(first));
    arguments.addAll(
        List.of(
            channels,
            height,
            width,
            tiles.down(),
            tiles.across(),
            tiles.first(),
            tiles.count(),
            tiles.pitch()));
    gpu.launch(
        program,
        kernel,
        gpu.covering(program, (long) channels * tiles.pitch()),
        arguments.toArray());
  }

  /** Images whose tiles are transformed at once. */
  private int together(Conv2dSpec pass) {
    int channels = pass.inChannels() + pass.outChannels();
    long each = (long) products * channels * tiles(pass, 0, 1).pitch();
    return (int) Math.max(1, Math.min(spec.n(), WORKSPACE / Math.max(1, each)));
  }

  private Workspace floats(long each) {
    return Workspace.ofFloats(gpu.pool(), products * each);
  }
}
