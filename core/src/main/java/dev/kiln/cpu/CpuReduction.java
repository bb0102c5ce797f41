package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Reduction;
import dev.kiln.backend.Rows;
import java.util.Arrays;

/**
 * Sums and maxima along one dimension.
 *
 * <p>Rows that lie apart are taken some columns at a time, so that memory is still read in order.
 */
final class CpuReduction implements Reduction {
  private static final int GRAIN = 1 << 15;
  private static final int COLUMNS = 256;

  /** Long sums are cut here, whatever the number of threads. */
  private static final int PART = 1 << 16;

  /** How many rows are summed in float before the sum goes into one in double. */
  private static final int ROWS = 32;

  private final Loops loops;
  private final Workers workers;

  CpuReduction(Engine engine) {
    loops = engine.loops();
    workers = engine.workers();
  }

  @Override
  public void sum(Rows rows, float scale, Buffer x, Buffer y) {
    float[] in = CpuBuffer.floats(x);
    float[] out = CpuBuffer.floats(y);
    int xAt = CpuBuffer.offset(x);
    int yAt = CpuBuffer.offset(y);
    int n = rows.n();
    boolean room = rows.outer() == 1 && Loops.whole(rows.inner()) <= CpuBuffer.end(y) - yAt;
    if (rows.inner() != 1 && n > 0 && n <= ROWS && scale == 1 && room) {
      columns(
          rows,
          (outer, from, count) -> {
            loops.sumRows(in, xAt + from, rows.inner(), n, out, yAt + from, count);
          });
    } else if (rows.inner() != 1) {
      columns(
          rows,
          (outer, from, count) -> {
            float[] part = Scratch.ofThread().array(Scratch.Role.ROW, count + Loops.WIDEST);
            double[] sums = new double[count];
            for (int i = 0; i < n; i += ROWS) {
              int at = xAt + (outer * n + i) * rows.inner() + from;
              loops.sumRows(in, at, rows.inner(), Math.min(ROWS, n - i), part, 0, count);
              loops.accumulate(part, 0, sums, 0, count);
            }
            for (int j = 0; j < count; j++) {
              out[yAt + outer * rows.inner() + from + j] = (float) (sums[j] * scale);
            }
          });
    } else if (rows.outer() < workers.size() && n >= 2 * PART) {
      for (int row = 0; row < rows.outer(); row++) {
        out[yAt + row] = (float) (sumOfParts(in, xAt + row * n, n) * scale);
      }
    } else {
      workers.rows(
          rows.outer(),
          GRAIN / Math.max(1, n) + 1,
          (first, end) -> {
            for (int row = first; row < end; row++) {
              double sum = 0;
              for (int from = 0; from < n; from += PART) {
                sum += loops.sum(in, xAt + row * n + from, Math.min(PART, n - from));
              }
              out[yAt + row] = (float) (sum * scale);
            }
          });
    }
  }

  /** {@code Σ x}, of all elements. */
  double sum(Buffer x) {
    float[] in = CpuBuffer.floats(x);
    int at = CpuBuffer.offset(x);
    return x.size() < 2 * PART ? loops.sum(in, at, x.size()) : sumOfParts(in, at, x.size());
  }

  private double sumOfParts(float[] x, int xAt, int n) {
    double[] parts = new double[(n + PART - 1) / PART];
    workers.run(
        parts.length, i -> parts[i] = loops.sum(x, xAt + i * PART, Math.min(PART, n - i * PART)));
    double sum = 0;
    for (double part : parts) {
      sum += part;
    }
    return sum;
  }

  /** Some neighbouring rows of one outer index. */
  private interface Columns {
    void run(int outer, int from, int count);
  }

  private void columns(Rows rows, Columns body) {
    int pieces = (rows.inner() + COLUMNS - 1) / COLUMNS;
    int each = rows.n() * Math.min(COLUMNS, rows.inner());
    workers.rows(
        rows.outer() * pieces,
        GRAIN / Math.max(1, each) + 1,
        (first, end) -> {
          for (int i = first; i < end; i++) {
            int from = i % pieces * COLUMNS;
            body.run(i / pieces, from, Math.min(COLUMNS, rows.inner() - from));
          }
        });
  }

  @Override
  public void max(Rows rows, Buffer x, Buffer values, Buffer indices) {
    float[] in = CpuBuffer.floats(x);
    float[] out = CpuBuffer.floats(values);
    int[] where = CpuBuffer.ints(indices);
    int xAt = CpuBuffer.offset(x);
    int outAt = CpuBuffer.offset(values);
    int whereAt = CpuBuffer.offset(indices);
    int n = rows.n();
    int inner = rows.inner();
    columns(
        rows,
        (outer, from, count) -> {
          int row = outer * inner + from;
          int at = xAt + outer * n * inner + from;
          System.arraycopy(in, at, out, outAt + row, count);
          Arrays.fill(where, whereAt + row, whereAt + row + count, 0);
          for (int i = 1; i < n; i++) {
            for (int j = 0; j < count; j++) {
              float v = in[at + i * inner + j];
              float top = out[outAt + row + j];
              if (v > top || Float.isNaN(v) && !Float.isNaN(top)) {
                out[outAt + row + j] = v;
                where[whereAt + row + j] = i;
              }
            }
          }
        });
  }

  @Override
  public void scatter(Rows rows, Buffer indices, Buffer dy, Buffer dx) {
    int[] where = CpuBuffer.ints(indices);
    float[] in = CpuBuffer.floats(dy);
    float[] out = CpuBuffer.floats(dx);
    int whereAt = CpuBuffer.offset(indices);
    int inAt = CpuBuffer.offset(dy);
    int outAt = CpuBuffer.offset(dx);
    Arrays.fill(out, outAt, outAt + dx.size(), 0);
    for (int row = 0; row < rows.count(); row++) {
      int outer = row / rows.inner();
      int at = (outer * rows.n() + where[whereAt + row]) * rows.inner() + row % rows.inner();
      out[outAt + at] = in[inAt + row];
    }
  }
}
