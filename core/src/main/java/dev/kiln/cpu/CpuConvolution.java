package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.Convolution;
import dev.kiln.backend.StridePhase;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Convolution as matrix products whose patches are packed straight from the image, and, where a
 * group has too few channels to fill a tile, as sums of shifted rows.
 *
 * <pre>
 *   forward           y[n]  = w · patches(x[n])            images shared out over the workers
 *   input gradient    dx[n] = turned w · patches(dy[n])    likewise; for strides, phase by phase
 *   weight gradient   dw    = Σ dy[n] · patches(x[n])ᵀ     parts of the batch, then their sum
 * </pre>
 */
final class CpuConvolution implements Convolution {
  /** How much of the patches one task packs at once, in elements. */
  private static final int PACK = 1 << 17;

  /** How far along the pixels one product of the weight gradient goes: while patches are short. */
  private static final int PIXELS = 4 * Packed.DEPTH;

  private static final int SHORT_PATCH = 512;

  /** The most parts that the batch of a weight gradient is cut into. */
  private static final int PARTS = 16;

  private static final int PARTS_LIMIT = 1 << 20;

  /** Groups with fewer output channels than this are summed directly. */
  private static final int FILLS_A_TILE = 4;

  private final MatrixProduct product;
  private final Workers workers;
  private final DirectConvolution direct;
  private final CpuCopies copies;

  CpuConvolution(Engine engine) {
    product = engine.product();
    workers = engine.workers();
    direct = new DirectConvolution(engine);
    copies = new CpuCopies(engine);
  }

  @Override
  public void conv2d(Conv2dSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    if (spec.groupOut() < FILLS_A_TILE) {
      direct.conv2d(spec, x, w, bias, y);
      return;
    }
    int rows = spec.groupOut();
    for (int g = 0; g < spec.groups(); g++) {
      Start start =
          bias == null
              ? Start.ZERO
              : Start.perRow(
                  CpuBuffer.floats(bias),
                  CpuBuffer.offset(bias) + g * rows,
                  rows,
                  product.tiles().columns());
      int at = CpuBuffer.offset(w) + g * rows * spec.patch();
      Matrix weights = Matrix.dense(CpuBuffer.floats(w), at, rows, spec.patch());
      images(
          spec.n(),
          Window.forward(spec),
          rows,
          weights.left(),
          start,
          Plane.of(x, spec.inChannels(), g * spec.groupIn(), spec.inPixels()),
          Plane.of(y, spec.outChannels(), g * rows, spec.outPixels()));
    }
  }

  @Override
  public void conv2dInputGradient(Conv2dSpec spec, Buffer dy, Buffer w, Buffer dx) {
    if (spec.groupOut() < FILLS_A_TILE) {
      direct.inputGradient(spec, dy, w, dx);
      return;
    }
    if (spec.strideHeight() > 1 || spec.strideWidth() > 1) {
      inputGradientByPhase(spec, dy, w, dx);
      return;
    }
    int rows = spec.groupIn();
    for (int g = 0; g < spec.groups(); g++) {
      images(
          spec.n(),
          Window.backward(spec),
          rows,
          turned(spec, w, g),
          Start.ZERO,
          Plane.of(dy, spec.outChannels(), g * spec.groupOut(), spec.outPixels()),
          Plane.of(dx, spec.inChannels(), g * rows, spec.inPixels()));
    }
  }

  private void inputGradientByPhase(Conv2dSpec whole, Buffer dy, Buffer w, Buffer dx) {
    List<StridePhase> phases = StridePhase.of(whole);
    if (!StridePhase.coverAll(phases, whole)) {
      int at = CpuBuffer.offset(dx);
      Arrays.fill(CpuBuffer.floats(dx), at, at + dx.size(), 0);
    }
    for (StridePhase phase : phases) {
      Buffer kernel = scratch(Scratch.Role.PHASE_KERNEL, phase.kernel().size());
      copies.copy(phase.kernel(), w, kernel);
      Buffer part = scratch(Scratch.Role.PHASE, phase.pixels().size());
      conv2dInputGradient(phase.spec(), dy, kernel, part);
      copies.copy(phase.pixels(), part, dx);
    }
  }

  private static Buffer scratch(Scratch.Role role, int size) {
    return new CpuBuffer(Scratch.ofThread().array(role, size), 0, size, false);
  }

  /** The weight with input channels as rows and each kernel turned by 180 degrees. */
  private static Operand turned(Conv2dSpec spec, Buffer w, int group) {
    float[] weight = CpuBuffer.floats(w);
    int kernel = spec.kernelHeight() * spec.kernelWidth();
    int at = CpuBuffer.offset(w) + group * spec.groupOut() * spec.patch();
    return (line, count, depth, k, panel, offset, width) -> {
      for (int p = 0; p < k; p++) {
        int out = (depth + p) / kernel;
        int tap = kernel - 1 - (depth + p) % kernel;
        for (int r = 0; r < count; r++) {
          panel[offset + p * width + r] =
              weight[at + out * spec.patch() + (line + r) * kernel + tap];
        }
      }
    };
  }

  /** One group's channels in every image of a batch. */
  private record Plane(float[] data, int offset, int step) {
    static Plane of(Buffer buffer, int channels, int first, int pixels) {
      int offset = CpuBuffer.offset(buffer) + first * pixels;
      return new Plane(CpuBuffer.floats(buffer), offset, channels * pixels);
    }

    int at(int image) {
      return offset + image * step;
    }
  }

  private void images(
      int n, Window window, int rows, Operand weights, Start start, Plane in, Plane out) {
    int pixels = window.outPixels();
    if (n == 0 || pixels == 0 || rows == 0) {
      return;
    }
    Tiles tiles = product.tiles();
    Packed left = Packed.left(tiles, rows, window.patch());
    left.pack(weights, 0, 0, 0, left.count());
    int panels = (pixels + tiles.columns() - 1) / tiles.columns();
    int fit = Math.max(1, PACK / window.patch() / tiles.columns());
    int wanted = (2 * workers.size() + n - 1) / n;
    int pieces = Math.max(Math.min(panels, wanted), (panels + fit - 1) / fit);
    int most = (panels + pieces - 1) / pieces * tiles.columns();
    int outRows = Math.min(window.outHeight(), (most - 1) / window.outWidth() + 2);
    Patches patches = Patches.ofPixels(window, tiles, outRows);
    share(
        (long) n * rows * pixels * window.patch(),
        n * pieces,
        task -> {
          int image = task / pieces;
          int piece = task % pieces;
          int from = panels * piece / pieces * tiles.columns();
          int to = Math.min(pixels, panels * (piece + 1) / pieces * tiles.columns());
          Packed right = Packed.right(tiles, to - from, window.patch());
          Operand operand = patches.of(in.data(), in.at(image), from, to);
          right.pack(operand, from, 0, 0, right.count());
          Matrix result = Matrix.dense(out.data(), out.at(image), rows, pixels);
          product.tiles(left, right, result, 0, from, start, 0, left.count(), 0, right.count());
        });
  }

  private void share(long work, int tasks, Workers.Task task) {
    if (work < MatrixProduct.WORTH_SHARING) {
      for (int i = 0; i < tasks; i++) {
        task.run(i);
      }
    } else {
      workers.run(tasks, task);
    }
  }

  @Override
  public void conv2dWeightGradient(Conv2dSpec spec, Buffer x, Buffer dy, Buffer dw) {
    if (spec.n() == 0 || spec.outPixels() == 0) {
      int at = CpuBuffer.offset(dw);
      Arrays.fill(CpuBuffer.floats(dw), at, at + dw.size(), 0);
    } else if (spec.groupOut() < FILLS_A_TILE) {
      direct.weightGradient(spec, x, dy, dw);
    } else {
      for (int g = 0; g < spec.groups(); g++) {
        weightGradient(spec, g, x, dy, dw);
      }
    }
  }

  private void weightGradient(Conv2dSpec spec, int g, Buffer x, Buffer dy, Buffer dw) {
    int rows = spec.groupOut();
    int columns = spec.patch();
    int size = rows * columns;
    Tiles tiles = product.tiles();
    Patches patches = Patches.ofTaps(Window.forward(spec), tiles);
    Plane in = Plane.of(x, spec.inChannels(), g * spec.groupIn(), spec.inPixels());
    Plane out = Plane.of(dy, spec.outChannels(), g * rows, spec.outPixels());
    // settled by the spec alone: the order of the sum must not depend on the threads
    int parts = Math.max(1, Math.min(Math.min(PARTS, spec.n()), PARTS_LIMIT / size));
    float[] sums = Scratch.ofThread().array(Scratch.Role.PARTS, Math.multiplyExact(parts, size));
    int panels = (columns + tiles.columns() - 1) / tiles.columns();
    int across = Math.min(panels, (2 * workers.size() + parts - 1) / parts);
    share(
        (long) spec.n() * spec.outPixels() * size,
        parts * across,
        task -> {
          int part = task / across;
          int piece = task % across;
          Matrix sum = Matrix.dense(sums, part * size, rows, columns);
          int from = panels * piece / across * tiles.columns();
          int to = Math.min(columns, panels * (piece + 1) / across * tiles.columns());
          Start start = Start.ZERO;
          for (int i = spec.n() * part / parts; i < spec.n() * (part + 1) / parts; i++) {
            Matrix gradient = Matrix.dense(out.data(), out.at(i), rows, spec.outPixels());
            Operand taps = patches.of(in.data(), in.at(i), 0, spec.outPixels());
            addProduct(gradient.left(), taps, spec.outPixels(), sum, from, to, start);
            start = Start.RESULT;
          }
        });
    total(sums, parts, size, spec, CpuBuffer.floats(dw), CpuBuffer.offset(dw) + g * size);
  }

  /** Adds the parts, and turns [kernel row, kernel column, channel] into the weight's order. */
  private void total(float[] sums, int parts, int size, Conv2dSpec spec, float[] weight, int at) {
    int kernel = spec.kernelHeight() * spec.kernelWidth();
    int channels = spec.groupIn();
    workers.rows(
        spec.groupOut(),
        (1 << 14) / spec.patch() / parts + 1,
        (from, to) -> {
          for (int i = from * spec.patch(); i < to * spec.patch(); i++) {
            float total = sums[i];
            for (int part = 1; part < parts; part++) {
              total += sums[part * size + i];
            }
            int line = i % spec.patch();
            int position = line % channels * kernel + line / channels;
            weight[at + i - line + position] = total;
          }
        });
  }

  /** Columns {@code from … to - 1} of {@code c = start + left right}, on this thread. */
  private void addProduct(
      Operand left, Operand right, int k, Matrix c, int from, int to, Start start) {
    // settled by the whole patch, whatever part of it this is: it says where the sum is cut
    int stretch = c.columns() <= SHORT_PATCH ? PIXELS : Packed.DEPTH;
    for (int depth = 0; depth < k; depth += stretch) {
      int length = Math.min(stretch, k - depth);
      Packed a = Packed.left(product.tiles(), c.rows(), length);
      Packed b = Packed.right(product.tiles(), to - from, length);
      a.pack(left, 0, depth, 0, a.count());
      b.pack(right, from, depth, 0, b.count());
      Start at = depth == 0 ? start : Start.RESULT;
      product.tiles(a, b, c, 0, from, at, 0, a.count(), 0, b.count());
    }
  }
}
