package dev.kiln.cpu;

import dev.kiln.cpu.Scratch.Role;
import java.util.Arrays;

/**
 * The weight gradient of a convolution of stride 1 with half the multiplications, the transforms of
 * {@link WinogradConvolution} turned round: {@code dg = Gᵀ Σ (A dy) ⊙ (Bᵀ d)}.
 *
 * <p>The channels of a pixel lie side by side ({@link PixelRows}), so that a row of the kernel over
 * all channels is one run of a transformed row.
 */
final class WinogradWeights {
  /** How many pixels of results a task multiplies at once, about. */
  private static final int PIXELS = 224;

  /** The most parts that the batch is cut into, and the most room for their sums. */
  private static final int PARTS = 16;

  private static final int PARTS_LIMIT = 1 << 21;

  private final Loops loops;
  private final Winograd winograd;
  private final Tiles tiles;
  private final Workers workers;

  WinogradWeights(Engine engine) {
    loops = engine.loops();
    winograd = engine.winograd();
    tiles = engine.product().tiles();
    workers = engine.workers();
  }

  /**
   * One group's gradient.
   *
   * @param rows output channels
   * @param at where the gradient goes in {@code dw}
   */
  void gradient(int n, Window exact, int rows, Plane in, Plane out, float[] dw, int at) {
    int kernel = exact.kernelHeight();
    int points = Winograd.points(kernel);
    int width = exact.outWidth();
    int tileRows = (exact.outHeight() + Winograd.RESULTS - 1) / Winograd.RESULTS;
    Window window = exact.rows(tileRows * Winograd.RESULTS);
    int run = window.channels() * window.kernelWidth();
    int pairs = (run + tiles.columns() - 1) / tiles.columns();
    int stride = pairs * tiles.columns();
    int padded = WinogradPanels.padded(tiles, rows);
    int size = Math.multiplyExact(points * padded, stride);
    // settled by the spec alone: the order of the sum must not depend on the threads
    int parts = Math.max(1, Math.min(Math.min(PARTS, n), PARTS_LIMIT / size));
    int tall = Math.min(tileRows, Math.max(1, PIXELS / width));
    int most = (n + parts - 1) / parts;
    int group = tall < tileRows ? 1 : Math.max(1, Math.min(most, PIXELS / (tall * width)));
    // every task of a part lays the images out for itself
    int across = Math.min(pairs, (workers.size() + parts - 1) / parts);
    float[] sums =
        Scratch.ofThread().array(Role.PARTS, Math.multiplyExact(parts, size) + tiles.lanes());
    float[] transform = Winograd.resultTransform(kernel);
    workers.run(
        parts * across,
        task -> {
          int part = task / across;
          int first = pairs * (task % across) / across;
          int last = pairs * (task % across + 1) / across;
          int end = n * (part + 1) / parts;
          boolean add = false;
          for (int i = n * part / parts; i < end; i += group) {
            for (int t = 0; t < tileRows; t += tall) {
              Piece piece = new Piece(i, Math.min(group, end - i), t, Math.min(tall, tileRows - t));
              WinogradPanels left = left(piece, exact, rows, out, transform);
              float[] right = right(piece, window, in);
              multiply(piece, window, left, right, first, last, sums, part * size, stride, add);
              add = true;
            }
          }
        });
    total(sums, parts, size, stride, exact, rows, dw, at);
  }

  /** Some images, and some rows of tiles in them. */
  private record Piece(int image, int images, int tile, int tall) {
    int pixels(int width) {
      return images * tall * width;
    }
  }

  /** A dy, as panels: pixels of results in the order [image][tile][column]. */
  private WinogradPanels left(Piece piece, Window exact, int rows, Plane out, float[] transform) {
    int points = Winograd.points(exact.kernelHeight());
    int width = exact.outWidth();
    int pixels = piece.pixels(width);
    WinogradPanels left = new WinogradPanels(tiles, points, rows, pixels, Role.LEFT);
    int skipped = piece.tile() * Winograd.RESULTS;
    int some = Math.min(piece.tall() * Winograd.RESULTS, exact.outHeight() - skipped) * width;
    int whole = piece.tall() * Winograd.RESULTS * width;
    float[] raw = Scratch.ofThread().array(Role.ROW, whole * left.unit() + tiles.lanes());
    for (int panel = 0; panel < left.count(); panel++) {
      int height = left.widthOf(panel);
      int lines = left.linesOf(panel);
      Arrays.fill(raw, lines < height ? 0 : some * height, whole * height, 0);
      for (int i = 0; i < piece.images(); i++) {
        int from = out.at(piece.image() + i) + skipped * width;
        from += panel * left.unit() * exact.outPixels();
        Matrix.transpose(out.data(), from, exact.outPixels(), lines, some, raw, 0, height);
        for (int t = 0; t < piece.tall(); t++) {
          winograd.mix(
              transform,
              points,
              Winograd.RESULTS,
              raw,
              t * Winograd.RESULTS * width * height,
              width * height,
              width * height,
              left.data(),
              left.offsetOf(0, panel) + (i * piece.tall() + t) * width * height,
              left.pointStep());
        }
      }
    }
    return left;
  }

  /** Bᵀ d, as rows of pixels: {@code [product][image][tile][padded column][channel]}. */
  private float[] right(Piece piece, Window window, Plane in) {
    int points = Winograd.points(window.kernelHeight());
    int outRows = piece.tall() * Winograd.RESULTS;
    PixelRows images = new PixelRows(window, tiles, outRows);
    float[] laid =
        Scratch.ofThread().array(Role.PLANES, piece.images() * images.size() + tiles.lanes());
    int row = window.paddedColumns() * window.channels();
    int[] places = new int[piece.images() * piece.tall()];
    for (int i = 0; i < piece.images(); i++) {
      int image = piece.image() + i;
      images.lay(
          in.data(),
          in.at(image),
          piece.tile() * Winograd.RESULTS,
          outRows,
          laid,
          i * images.size());
      for (int t = 0; t < piece.tall(); t++) {
        places[i * piece.tall() + t] = i * images.size() + t * Winograd.RESULTS * row;
      }
    }
    int step = step(piece, window);
    float[] right = Scratch.ofThread().array(Role.RIGHT, points * step + tiles.columns());
    winograd.image(points, laid, 0, row, places, places.length, row, right, 0, step);
    return right;
  }

  /** The distance from one transformed row to the next; what is read may reach beyond a row. */
  private int step(Piece piece, Window window) {
    int row = window.paddedColumns() * window.channels();
    return piece.images() * piece.tall() * row + tiles.lanes();
  }

  private void multiply(
      Piece piece,
      Window window,
      WinogradPanels left,
      float[] right,
      int first,
      int last,
      float[] sums,
      int at,
      int stride,
      boolean add) {
    int width = window.outWidth();
    int row = window.paddedColumns() * window.channels();
    int[] places = new int[piece.pixels(width)];
    for (int i = 0; i < places.length; i++) {
      places[i] = i / width * row + i % width * window.channels();
    }
    int points = Winograd.points(window.kernelHeight());
    for (int p = 0; p < points; p++) {
      int b = p * step(piece, window);
      int c = at + p * left.padded() * stride;
      for (int depth = 0; depth < places.length; depth += left.step()) {
        for (int pair = first; pair < last; pair++) {
          int skip = pair * tiles.columns();
          boolean more = add || depth > 0;
          left.multiply(p, depth, right, b + skip, places, depth, sums, c + skip, stride, more);
        }
      }
    }
  }

  /** Adds the parts, and makes of the products the rows of the kernel. */
  private void total(
      float[] sums,
      int parts,
      int size,
      int stride,
      Window window,
      int outChannels,
      float[] dw,
      int at) {
    int kernel = window.kernelHeight();
    float[] g = Winograd.kernelGradientTransform(kernel);
    int points = Winograd.points(kernel);
    int padded = size / points / stride;
    workers.rows(
        outChannels,
        (1 << 14) / window.patch() / parts + 1,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            for (int p = 0; p < points; p++) {
              int line = (p * padded + row) * stride;
              for (int part = 1; part < parts; part++) {
                loops.accumulate(1, sums, part * size + line, sums, line, stride);
              }
            }
            int run = window.channels() * window.kernelWidth();
            float[] rows = Scratch.ofThread().array(Role.ROW, kernel * stride + tiles.lanes());
            winograd.mix(
                g, kernel, points, sums, row * stride, padded * stride, run, rows, 0, stride);
            int next = at + row * window.patch();
            for (int c = 0; c < window.channels(); c++) {
              for (int i = 0; i < kernel; i++) {
                for (int j = 0; j < window.kernelWidth(); j++) {
                  dw[next++] = rows[i * stride + j * window.channels() + c];
                }
              }
            }
          }
        });
  }
}
