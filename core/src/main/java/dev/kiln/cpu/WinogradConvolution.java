package dev.kiln.cpu;

import dev.kiln.cpu.Scratch.Role;
import java.util.Arrays;

/**
 * Convolution of stride 1 with half the multiplications: for a kernel of height 3 six transformed
 * rows of the image times six of the kernel are four rows of results, for one of height 5 eight
 * are. Along the rows the kernel is applied as it is.
 *
 * <pre>
 *   kernels   [product][panel][channel][kernel column][row of the panel]
 *   images    [product][channel][kernel column][image][tile][output column]
 *   products  [product][output channel][image][tile][output column]
 * </pre>
 *
 * The products are larger than their sums: over sums of 400 to 2,304 normally distributed products
 * the rounding error was about twice that of a plain chain (root mean square), and at the worst 3.4
 * times. An infinity in the image makes NaN of all results of its tile.
 */
final class WinogradConvolution {
  /** Fewer channels, on either side, and the transforms cost what they save. */
  private static final int CHANNELS = 8;

  /** Narrower images leave too much of a vector empty. */
  private static final int WIDTH = 8;

  /** The most transformed elements that a task works on at once, about. */
  private static final int AT_ONCE = 3 << 17;

  /** The fewest and the most pixels of results that a task works on at once, about. */
  private static final int PIXELS = 64;

  private static final int MOST_PIXELS = 512;

  /** How much of the weights is worth a thread's transforming, in elements. */
  private static final int PACK = 1 << 12;

  private final Winograd winograd;
  private final Tiles tiles;
  private final Workers workers;

  WinogradConvolution(Engine engine) {
    winograd = engine.winograd();
    tiles = engine.product().tiles();
    workers = engine.workers();
  }

  /** Whether this is the way for a window with so many output channels. */
  static boolean suits(Window window, int rows) {
    return Winograd.has(window.kernelHeight())
        && window.strideHeight() == 1
        && window.strideWidth() == 1
        && window.dilationHeight() == 1
        && window.spreadHeight() == 1
        && window.spreadWidth() == 1
        && window.outWidth() >= WIDTH
        && window.channels() >= CHANNELS
        && rows >= CHANNELS
        && window.outHeight() >= Winograd.RESULTS
        && Winograd.points(window.kernelHeight())
                * (long) window.channels()
                * window.kernelWidth()
                * window.outWidth()
            <= AT_ONCE;
  }

  /**
   * All output channels of a batch.
   *
   * @param weights as lines of {@code window.patch()} elements, one for each output channel
   * @param start nothing, or a bias per row
   */
  void images(
      int n,
      Window window,
      int rows,
      Operand weights,
      Start start,
      Finish finish,
      Plane in,
      Plane out) {
    if (n > 0) {
      new Pass(n, window, rows, start, finish, in, out).run(weights);
    }
  }

  /** One convolution of a batch. */
  private final class Pass {
    private final int n;
    private final int rows;
    private final Start start;
    private final Finish finish;
    private final Plane in;
    private final Plane out;

    /** How many rows of results are asked for, and how many a tile has. */
    private final int outHeight;

    private final int points;
    private final int tileRows;
    private final int width;

    /** Like the window that is asked for, with whole tiles. */
    private final Window window;

    /** How many products an element of a transformed result is the sum of. */
    private final int k;

    private final WinogradPanels kernels;
    private final Padding padding;

    /** How many pieces an image is cut into, or how many images make a piece. */
    private final int down;

    private final int group;

    Pass(int n, Window exact, int rows, Start start, Finish finish, Plane in, Plane out) {
      this.n = n;
      this.rows = rows;
      this.start = start;
      this.finish = finish;
      this.in = in;
      this.out = out;
      outHeight = exact.outHeight();
      width = exact.outWidth();
      points = Winograd.points(exact.kernelHeight());
      tileRows = (outHeight + Winograd.RESULTS - 1) / Winograd.RESULTS;
      window = exact.rows(tileRows * Winograd.RESULTS);
      k = window.channels() * window.kernelWidth();
      kernels = new WinogradPanels(tiles, points, rows, k, Role.LEFT);
      int pixels = Math.max(PIXELS, AT_ONCE / points / (k + rows));
      int most = Math.max(1, Math.min(MOST_PIXELS, pixels) / width);
      int wanted = Math.max(1, (4 * workers.size() + n - 1) / n);
      down = Math.min(tileRows, Math.max((tileRows + most - 1) / most, wanted));
      int fit = Math.min(most / tileRows, n / (4 * workers.size()));
      group = down > 1 ? 1 : fullest(Math.max(1, fit), tileRows * width);
      padding = new Padding(window, tiles, (tileRows + down - 1) / down * Winograd.RESULTS);
    }

    /** The number of images up to {@code most} that leaves the least of their tiles empty. */
    private int fullest(int most, int pixels) {
      int columns = tiles.columns();
      int best = 1;
      double used = 0;
      for (int images = 1; images <= most; images++) {
        int whole = (images * pixels + columns - 1) / columns * columns;
        if ((double) images * pixels / whole >= used) {
          used = (double) images * pixels / whole;
          best = images;
        }
      }
      return best;
    }

    void run(Operand weights) {
      workers.rows(
          kernels.count(), PACK / (kernels.unit() * k) + 1, (from, to) -> pack(weights, from, to));
      int pieces = (n + group - 1) / group * down;
      long work = (long) n * rows * window.outPixels() * window.patch();
      if (work < 2 * MatrixProduct.WORTH_SHARING) {
        for (int i = 0; i < pieces; i++) {
          piece(i);
        }
      } else {
        workers.run(pieces, this::piece);
      }
    }

    /** Transformed kernels as panels. */
    private void pack(Operand weights, int from, int to) {
      float[] transform = Winograd.kernelTransform(window.kernelHeight());
      for (int panel = from; panel < to; panel++) {
        int panelRows = kernels.widthOf(panel);
        int lines = kernels.linesOf(panel);
        int size = window.patch() * panelRows;
        float[] raw = Scratch.ofThread().array(Role.ROW, size + tiles.lanes());
        weights.pack(panel * kernels.unit(), lines, 0, window.patch(), raw, 0, panelRows);
        for (int p = 0; p < size && lines < panelRows; p += panelRows) {
          Arrays.fill(raw, p + lines, p + panelRows, 0);
        }
        int run = window.kernelWidth() * panelRows;
        for (int c = 0; c < window.channels(); c++) {
          int at = c * window.kernelHeight() * run;
          int to0 = kernels.offsetOf(0, panel) + c * run;
          winograd.mix(
              transform,
              points,
              window.kernelHeight(),
              raw,
              at,
              run,
              run,
              kernels.data(),
              to0,
              kernels.pointStep());
        }
      }
    }

    private void piece(int task) {
      int first = task / down * group;
      int count = Math.min(group, n - first);
      int from = tileRows * (task % down) / down;
      int tall = tileRows * (task % down + 1) / down - from;
      int columns = tiles.columns();
      // an odd number of vectors: rows a power of two apart would share few sets of the cache
      int pitch = (count * tall * width / columns + 1) * columns + tiles.lanes();
      float[] laid = lay(first, count, from, tall, pitch);
      float[] products = multiply(laid, pitch, count * tall * width);
      finish(products, pitch, first, count, from, tall);
    }

    /** Transformed rows of {@code count} images, {@code tall} rows of tiles of each. */
    private float[] lay(int first, int count, int from, int tall, int pitch) {
      Scratch scratch = Scratch.ofThread();
      float[] laid = scratch.array(Role.PLANES, points * k * pitch + tiles.lanes());
      int outRows = tall * Winograd.RESULTS;
      int end = in.at(first + count - 1) + window.channels() * window.inPixels();
      boolean padded =
          padding.isNeeded(from * Winograd.RESULTS, outRows)
              || end + tiles.lanes() > in.data().length;
      float[] image = padded ? scratch.array(Role.IMAGE, count * padding.size()) : in.data();
      int row = padded ? window.paddedColumns() : window.inWidth();
      int apart = padded ? padding.size() : in.step();
      int[] places = new int[count * tall];
      for (int i = 0; i < places.length; i++) {
        places[i] = i / tall * apart + i % tall * Winograd.RESULTS * row;
      }
      for (int c = 0; c < window.channels(); c++) {
        int at = in.at(first) + c * window.inPixels();
        for (int i = 0; i < count && padded; i++) {
          padding.lay(
              in.data(), at + i * in.step(), from * Winograd.RESULTS, outRows, image, i * apart);
        }
        int begin = padded ? 0 : at + padding.first(from * Winograd.RESULTS) * row;
        for (int j = 0; j < window.kernelWidth(); j++) {
          int to = (c * window.kernelWidth() + j) * pitch;
          winograd.image(
              points, image, begin + j, row, places, places.length, width, laid, to, k * pitch);
        }
      }
      return laid;
    }

    private float[] multiply(float[] laid, int pitch, int pixels) {
      int step = kernels.padded() * pitch;
      int lanes = tiles.lanes();
      float[] products = Scratch.ofThread().array(Role.PARTS, points * step + tiles.lanes());
      int[] places = MatrixProduct.multiples(pitch, kernels.step());
      for (int p = 0; p < points; p++) {
        for (int depth = 0; depth < k; depth += kernels.step()) {
          boolean add = depth > 0;
          for (int v = 0; v < pixels; v += 2 * lanes) {
            int b = (p * k + depth) * pitch + v;
            int c = p * step + v;
            kernels.multiply(p, depth, laid, b, places, 0, products, c, pitch, add);
          }
        }
      }
      return products;
    }

    private void finish(float[] products, int pitch, int first, int count, int from, int tall) {
      int[] places = new int[count * tall];
      int[] wanted = new int[count * tall];
      int[] ends = new int[count * tall];
      int height = Math.min(outHeight, (from + tall) * Winograd.RESULTS) - from * Winograd.RESULTS;
      for (int i = 0; i < places.length; i++) {
        int image = i / tall * out.step();
        int row = i % tall * Winograd.RESULTS;
        places[i] = image + row * width;
        wanted[i] = Math.min(Winograd.RESULTS, height - row);
        ends[i] = image + height * width;
      }
      int to = out.at(first) + from * Winograd.RESULTS * width;
      for (int row = 0; row < rows; row++) {
        winograd.results(
            points,
            products,
            row * pitch,
            kernels.padded() * pitch,
            width,
            start.kind() == Start.Kind.ZERO ? 0 : start.bias()[row * start.offset()],
            out.data(),
            to + row * outHeight * width,
            places,
            wanted,
            ends,
            places.length);
        for (int i = 0; i < count; i++) {
          int at = to + row * outHeight * width + i * out.step();
          finish.run(out.data(), at, height * width);
        }
      }
    }
  }
}
