package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.Convolution;
import dev.kiln.backend.Epilogue;
import dev.kiln.backend.StridePhase;
import java.util.Arrays;
import java.util.List;

/**
 * Convolution as matrix products whose patches are read where they lie, and, where a group has too
 * few channels to fill a tile, as sums of shifted rows.
 *
 * <pre>
 *   forward           y[n]  = w · patches(x[n])            images shared out over the workers
 *   input gradient    dx[n] = turned w · patches(dy[n])    likewise; for strides, phase by phase
 *   weight gradient   dw    = Σ dy[n] · patches(x[n])ᵀ     parts of the batch, then their sum
 * </pre>
 */
final class CpuConvolution implements Convolution {
  /** How much of the input a task lays out at once, in elements: it stays in the cache. */
  static final int PLANES = 1 << 17;

  /** How much of the weights is worth a thread's packing, in elements. */
  private static final int PACK = 1 << 14;

  /** The most parts that the batch of a weight gradient is cut into. */
  private static final int PARTS = 16;

  private static final int PARTS_LIMIT = 1 << 20;

  /** Groups with fewer output channels than this are summed directly. */
  private static final int FILLS_A_TILE = 4;

  /** Runs of a kernel's row over all channels that leave most of a vector empty. */
  private static final int SHORT_RUN = 6;

  private final Loops loops;
  private final MatrixProduct product;
  private final Workers workers;
  private final DirectConvolution direct;
  private final WinogradConvolution winograd;
  private final WinogradWeights weights;
  private final CpuCopies copies;

  CpuConvolution(Engine engine) {
    loops = engine.loops();
    product = engine.product();
    workers = engine.workers();
    direct = new DirectConvolution(engine);
    winograd = new WinogradConvolution(engine);
    weights = new WinogradWeights(engine);
    copies = new CpuCopies(engine);
  }

  @Override
  public void conv2d(Conv2dSpec spec, Buffer x, Buffer w, Epilogue epilogue, Buffer y) {
    Buffer bias = epilogue.bias();
    Finish finish = Finish.of(epilogue, loops, y);
    if (spec.groupOut() < FILLS_A_TILE) {
      direct.conv2d(spec, x, w, bias, finish, y);
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
          weights.left(product.tiles()),
          start,
          finish,
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
          Finish.NONE,
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
    return new CpuBuffer(Scratch.ofThread().array(role, size), size, false);
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

  private void images(
      int n,
      Window whole,
      int rows,
      Operand weights,
      Start start,
      Finish finish,
      Plane in,
      Plane out) {
    if (WinogradConvolution.suits(whole, rows)) {
      winograd.images(n, whole, rows, weights, start, finish, in, out);
      return;
    }
    int lanes = product.tiles().lanes();
    boolean direct = whole.isIdentity() && whole.outPixels() % lanes == 0;
    Window window = direct ? whole.asRowsOf(lanes) : whole;
    int pixels = window.outPixels();
    if (n == 0 || pixels == 0 || rows == 0) {
      return;
    }
    Packed left = Packed.left(product.tiles(), rows, window.patch());
    long each = (long) left.unit() * window.patch();
    workers.rows(
        left.count(), (int) (PACK / each) + 1, (from, to) -> left.pack(weights, 0, 0, from, to));
    Cut cut = direct ? Cut.ofRows(window, n, workers.size()) : Cut.of(window, n, workers.size());
    Planes[] strips = new Planes[cut.across()];
    for (int i = 0; i < strips.length; i++) {
      Window strip = window.columns(cut.column(i), cut.column(i + 1) - cut.column(i));
      strips[i] = new Planes(strip, product.tiles(), cut.mostRows());
    }
    int size = Arrays.stream(strips).mapToInt(Planes::size).max().orElseThrow();
    int fit = (int) Math.max(1, Math.min(n / (4 * workers.size()), PLANES / size));
    int group = cut.pieces() > 1 ? 1 : fit;
    int[] pixelsApart =
        direct ? MatrixProduct.multiples(whole.inPixels(), whole.channels()) : new int[0];
    share(
        (long) n * rows * pixels * window.patch(),
        (n + group - 1) / group * cut.pieces(),
        task -> {
          int first = task / cut.pieces() * group;
          int count = Math.min(group, n - first);
          int piece = task % cut.pieces();
          int strip = piece % cut.across();
          Planes planes = strips[strip];
          int from = cut.row(piece / cut.across());
          int outRows = cut.row(piece / cut.across() + 1) - from;
          int skipped = from * window.outWidth() + cut.column(strip);
          float[] right = in.data();
          int at = in.at(first) + skipped;
          int step = in.step();
          int[] places = pixelsApart;
          if (!direct) {
            right = Scratch.ofThread().array(Scratch.Role.PLANES, group * size + lanes);
            at = 0;
            step = planes.size();
            places = planes.places();
            for (int i = 0; i < count; i++) {
              planes.lay(in.data(), in.at(first + i), from, outRows, right, i * step);
            }
          }
          int wanted = outRows * (cut.column(strip + 1) - cut.column(strip));
          Pixels result = new Pixels(out.data(), out.at(first) + skipped, out.step(), pixels);
          multiply(left, right, at, step, places, count, wanted, result, start);
          for (int i = 0; i < count; i++) {
            finish.rows(out.data(), result.at() + i * out.step(), pixels, rows, wanted);
          }
        });
  }

  /** Where output pixels go: the first one's place, and the distances of images and channels. */
  private record Pixels(float[] data, int at, int imageStep, int channelStep) {}

  /** All output channels of {@code wanted} pixels in each of {@code images} images. */
  private void multiply(
      Packed left,
      float[] right,
      int at,
      int step,
      int[] places,
      int images,
      int wanted,
      Pixels result,
      Start start) {
    int lanes = product.tiles().lanes();
    int whole = wanted / lanes;
    int vectors = images * ((wanted + lanes - 1) / lanes);
    for (int depth = 0; depth < left.k(); depth += left.step()) {
      int k = Math.min(left.step(), left.k() - depth);
      Start here = depth == 0 ? start : Start.RESULT;
      for (int v = 0; v < vectors; v += 2) {
        // whole vectors of all images first: the rest of two images is then one tile's detour
        int w = Math.min(v + 1, vectors - 1);
        int i0 = v < images * whole ? v / whole : v - images * whole;
        int i1 = w < images * whole ? w / whole : w - images * whole;
        int v0 = (v < images * whole ? v % whole : whole) * lanes;
        int v1 = (w < images * whole ? w % whole : whole) * lanes;
        int b0 = at + i0 * step + v0;
        int b1 = at + i1 * step + v1;
        int c0 = result.at() + i0 * result.imageStep() + v0;
        int c1 = result.at() + i1 * result.imageStep() + v1;
        int width0 = Math.min(lanes, wanted - v0);
        int width1 = w == v ? 0 : Math.min(lanes, wanted - v1);
        // what a pair of vectors needs stays in the first-level cache for all channels
        for (int panel = 0; panel < left.count(); panel++) {
          int row = panel * left.unit();
          int skip = row * result.channelStep();
          product.tile(
              left,
              panel,
              depth,
              k,
              right,
              b0,
              b1,
              places,
              depth,
              result.data(),
              c0 + skip,
              c1 + skip,
              result.channelStep(),
              width0,
              width1,
              here,
              row,
              0);
        }
      }
    }
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
    } else if (spec.groupOut() < FILLS_A_TILE || spec.groupIn() * spec.kernelWidth() <= SHORT_RUN) {
      direct.weightGradient(spec, x, dy, dw);
    } else {
      for (int g = 0; g < spec.groups(); g++) {
        weightGradient(spec, g, x, dy, dw);
      }
    }
  }

  private void weightGradient(Conv2dSpec spec, int g, Buffer x, Buffer dy, Buffer dw) {
    int rows = spec.groupOut();
    Window window = Window.forward(spec);
    if (WinogradConvolution.suits(window, rows)) {
      Plane in = Plane.of(x, spec.inChannels(), g * spec.groupIn(), spec.inPixels());
      Plane out = Plane.of(dy, spec.outChannels(), g * rows, spec.outPixels());
      int at = CpuBuffer.offset(dw) + g * rows * spec.patch();
      weights.gradient(spec.n(), window, rows, in, out, CpuBuffer.floats(dw), at);
      return;
    }
    Tiles tiles = product.tiles();
    // settled by the spec alone: the order of the sum must not depend on the threads
    int outRows = spec.outHeight();
    while (outRows > 1 && PixelRows.sizeOf(window, outRows) > PLANES) {
      outRows = (outRows + 1) / 2;
    }
    PixelRows images = new PixelRows(window, tiles, outRows);
    int stride = images.vectors() * tiles.lanes();
    int size = Math.multiplyExact(rows, stride);
    int parts = Math.max(1, Math.min(Math.min(PARTS, spec.n()), PARTS_LIMIT / size));
    int each = (spec.n() + parts - 1) / parts;
    int pixels = outRows * spec.outWidth();
    int fit = Math.min(PLANES / Math.max(1, images.size()), Packed.DEPTH * 2 / pixels);
    int group = outRows < spec.outHeight() ? 1 : Math.max(1, Math.min(each, fit));
    int rowsAtOnce = outRows;
    int[] places = images.places(group, outRows);
    float[] sums = Scratch.ofThread().array(Scratch.Role.PARTS, Math.multiplyExact(parts, size));
    Plane in = Plane.of(x, spec.inChannels(), g * spec.groupIn(), spec.inPixels());
    Plane out = Plane.of(dy, spec.outChannels(), g * rows, spec.outPixels());
    int across = Math.min((images.vectors() + 1) / 2, (2 * workers.size() + parts - 1) / parts);
    share(
        (long) spec.n() * spec.outPixels() * size,
        parts * across,
        task -> {
          int part = task / across;
          int pairs = (images.vectors() + 1) / 2;
          int from = pairs * (task % across) / across * 2;
          int to = Math.min(images.vectors(), pairs * (task % across + 1) / across * 2);
          float[] right =
              Scratch.ofThread()
                  .array(Scratch.Role.PLANES, group * images.size() + 2 * tiles.lanes());
          Start start = Start.ZERO;
          int end = spec.n() * (part + 1) / parts;
          for (int i = spec.n() * part / parts; i < end; i += group) {
            int count = Math.min(group, end - i);
            for (int row = 0; row < spec.outHeight(); row += rowsAtOnce) {
              int some = Math.min(rowsAtOnce, spec.outHeight() - row);
              for (int j = 0; j < count; j++) {
                images.lay(in.data(), in.at(i + j), row, some, right, j * images.size());
              }
              Packed left = Packed.left(tiles, rows, count * some * spec.outWidth());
              int first = out.at(i) + row * spec.outWidth();
              left.pack(
                  pixelsOf(out, first, some * spec.outWidth(), spec.outPixels()),
                  0,
                  0,
                  0,
                  left.count());
              addProduct(left, right, places, images, from, to, sums, part * size, stride, start);
              start = Start.RESULT;
            }
          }
        });
    total(sums, parts, size, stride, images, spec, dw, g);
  }

  /** Channels as rows, some pixels of one image after those of the other. */
  private static Operand pixelsOf(Plane plane, int at, int wanted, int pixels) {
    return (line, count, depth, k, panel, offset, width) -> {
      for (int done = 0; done < k; ) {
        int image = (depth + done) / wanted;
        int skipped = (depth + done) % wanted;
        int some = Math.min(k - done, wanted - skipped);
        int from = at + image * plane.step() + line * pixels + skipped;
        Matrix.transpose(
            plane.data(), from, pixels, count, some, panel, offset + done * width, width);
        done += some;
      }
    };
  }

  /** Vectors {@code from … to - 1} of all rows of {@code sums = start + left right}. */
  private void addProduct(
      Packed left,
      float[] right,
      int[] places,
      PixelRows images,
      int from,
      int to,
      float[] sums,
      int at,
      int stride,
      Start start) {
    int lanes = product.tiles().lanes();
    for (int depth = 0; depth < left.k(); depth += left.step()) {
      int k = Math.min(left.step(), left.k() - depth);
      Start here = depth == 0 ? start : Start.RESULT;
      for (int v = from; v < to; v += 2) {
        int w = Math.min(v + 1, to - 1);
        for (int panel = 0; panel < left.count(); panel++) {
          int row = at + panel * left.unit() * stride;
          product.tile(
              left,
              panel,
              depth,
              k,
              right,
              images.vectorAt(v),
              images.vectorAt(w),
              places,
              depth,
              sums,
              row + v * lanes,
              row + w * lanes,
              stride,
              lanes,
              w == v ? 0 : lanes,
              here,
              0,
              0);
        }
      }
    }
  }

  /** Adds the parts, and turns [kernel row, kernel column, channel] into the weight's order. */
  private void total(
      float[] sums,
      int parts,
      int size,
      int stride,
      PixelRows images,
      Conv2dSpec spec,
      Buffer dw,
      int g) {
    float[] weight = CpuBuffer.floats(dw);
    int at = CpuBuffer.offset(dw) + g * spec.groupOut() * spec.patch();
    workers.rows(
        spec.groupOut(),
        (1 << 14) / spec.patch() / parts + 1,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            for (int part = 1; part < parts; part++) {
              loops.accumulate(1, sums, part * size + row * stride, sums, row * stride, stride);
            }
            int next = at + row * spec.patch();
            for (int c = 0; c < spec.groupIn(); c++) {
              for (int i = 0; i < spec.kernelHeight(); i++) {
                for (int j = 0; j < spec.kernelWidth(); j++) {
                  weight[next++] = sums[row * stride + images.line(c, i, j)];
                }
              }
            }
          }
        });
  }
}
