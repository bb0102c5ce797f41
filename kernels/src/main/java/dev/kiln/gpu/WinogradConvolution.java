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
final class WinogradConvolution {
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

  /** An upper bound of what the tiles of an image take, for either size of tile. */
  private static long numbersOfImage(Conv2dSpec spec) {
    long pixels = (spec.inHeight() + 6L) * (spec.inWidth() + 6L);
    return 4 * pixels * Math.max(spec.inChannels(), spec.outChannels());
  }

  /**
   * The tiles that some images of {@code height × width} results are cut into.
   *
   * @param first of the images
   * @param images how many
   */
  private record Tiles(int height, int width, int down, int across, int first, int images) {
    int count() {
      return images * down * across;
    }

    /** Numbers from one channel's tiles to the next one's: rows that gemm reads four at a time. */
    int pitch() {
      return (count() + 3) / 4 * 4;
    }
  }

  private Tiles tiles(int height, int width, int first, int images) {
    return new Tiles(
        height,
        width,
        GemmPlan.ceilDiv(height, results),
        GemmPlan.ceilDiv(width, results),
        first,
        images);
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
    Tiles image = tiles(toHeight, toWidth, 0, 1);
    int together = together(image, channels, rows);
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
        Tiles tiles = tiles(toHeight, toWidth, first, Math.min(together, spec.n() - first));
        int pitch = tiles.pitch();
        try (Workspace images = floats((long) channels * pitch);
            Workspace results = floats((long) rows * pitch)) {
          Buffer v = images.buffer(products * channels * pitch);
          Buffer m = results.buffer(products * rows * pitch);
          onTiles("winograd_image", tiles, channels, height, width, x, v, top, left);
          GemmSpec product =
              new GemmSpec(
                  rows, pitch, channels, false, false, products, rows * channels, channels * pitch);
          gpu.product(product, u, v, WriteBack.NONE, m);
          onTiles(
              "winograd_results",
              tiles,
              rows,
              toHeight,
              toWidth,
              m,
              end.bias(),
              end.residual(),
              y,
              end.code());
        }
      }
    }
  }

  void weightGradient(Buffer x, Buffer dy, Buffer dw) {
    int rows = spec.outChannels();
    int channels = spec.inChannels();
    int height = spec.outHeight();
    int width = spec.outWidth();
    int together = together(tiles(height, width, 0, 1), channels, rows);
    try (Workspace kernels = floats((long) rows * channels)) {
      Buffer u = kernels.buffer(products * rows * channels);
      for (int first = 0; first < spec.n(); first += together) {
        Tiles tiles = tiles(height, width, first, Math.min(together, spec.n() - first));
        int pitch = tiles.pitch();
        try (Workspace images = floats((long) channels * pitch);
            Workspace results = floats((long) rows * pitch)) {
          Buffer v = images.buffer(products * channels * pitch);
          Buffer m = results.buffer(products * rows * pitch);
          onTiles(
              "winograd_image",
              tiles,
              channels,
              spec.inHeight(),
              spec.inWidth(),
              x,
              v,
              spec.paddingHeight(),
              spec.paddingWidth());
          onTiles("winograd_results_gradient", tiles, rows, height, width, dy, m);
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
  private int together(Tiles image, int channels, int rows) {
    long each = (long) products * (channels + rows) * image.pitch();
    return (int) Math.max(1, Math.min(spec.n(), WORKSPACE / Math.max(1, each)));
  }

  private Workspace floats(long each) {
    return Workspace.ofFloats(gpu.pool(), products * each);
  }
}
