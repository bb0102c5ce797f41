package dev.kiln.cpu;

import dev.kiln.DType;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Indexing;
import dev.kiln.backend.Picks;
import java.util.Arrays;

/** Elements found by their number, and the sums on the way back, a row of x at a time. */
final class CpuIndexing implements Indexing {
  private static final int GRAIN = 1 << 14;

  private final Loops loops;
  private final Workers workers;

  CpuIndexing(Engine engine) {
    loops = engine.loops();
    workers = engine.workers();
  }

  @Override
  public void take(Picks picks, Buffer x, Buffer index, Buffer y) {
    int[] numbers = CpuBuffer.ints(index);
    int numbersAt = CpuBuffer.offset(index);
    int count = picks.count();
    int inner = picks.inner();
    int xAt = CpuBuffer.offset(x);
    int yAt = CpuBuffer.offset(y);
    Object in = CpuBuffer.of(x).array();
    Object out = CpuBuffer.of(y).array();
    workers.rows(
        picks.outer() * count,
        GRAIN / Math.max(1, inner) + 1,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            int start = row / count * picks.n() + numbers[numbersAt + row % count];
            System.arraycopy(in, xAt + start * inner, out, yAt + row * inner, inner);
          }
        });
  }

  @Override
  public void takeGradient(Picks picks, int skipped, Buffer index, Buffer dy, Buffer dx) {
    int n = picks.n();
    int inner = picks.inner();
    int[] ends = new int[n];
    int[] order = order(index, ends);
    float[] in = CpuBuffer.floats(dy);
    float[] out = CpuBuffer.floats(dx);
    int inAt = CpuBuffer.offset(dy);
    int outAt = CpuBuffer.offset(dx);
    long each = picks.taken() / Math.max(1L, (long) picks.outer() * n) + inner;
    workers.rows(
        picks.outer() * n,
        (int) (GRAIN / Math.max(1, each)) + 1,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            int outer = row / n;
            int v = row % n;
            int at = outAt + row * inner;
            Arrays.fill(out, at, at + inner, 0);
            int end = v == skipped ? 0 : ends[v];
            for (int k = v == 0 ? 0 : ends[v - 1]; k < end; k++) {
              int source = inAt + (outer * picks.count() + order[k]) * inner;
              loops.accumulate(1, in, source, out, at, inner);
            }
          }
        });
  }

  /**
   * Sorts the places of an index by the number they hold, by counting; equals stay in order.
   *
   * @param ends receives for each number one past its last place
   */
  private static int[] order(Buffer index, int[] ends) {
    int[] numbers = CpuBuffer.ints(index);
    int at = CpuBuffer.offset(index);
    for (int k = 0; k < index.size(); k++) {
      ends[numbers[at + k]]++;
    }
    for (int v = 1; v < ends.length; v++) {
      ends[v] += ends[v - 1];
    }
    int[] order = new int[index.size()];
    int[] next = ends.clone();
    for (int k = index.size() - 1; k >= 0; k--) {
      order[--next[numbers[at + k]]] = k;
    }
    return order;
  }

  @Override
  public void gather(Picks picks, Buffer x, Buffer index, Buffer y) {
    int[] numbers = CpuBuffer.ints(index);
    int numbersAt = CpuBuffer.offset(index);
    int xAt = CpuBuffer.offset(x);
    int yAt = CpuBuffer.offset(y);
    int inner = picks.inner();
    boolean floats = x.dtype() == DType.FLOAT32;
    float[] floatsIn = floats ? CpuBuffer.floats(x) : new float[0];
    float[] floatsOut = floats ? CpuBuffer.floats(y) : new float[0];
    int[] intsIn = floats ? new int[0] : CpuBuffer.ints(x);
    int[] intsOut = floats ? new int[0] : CpuBuffer.ints(y);
    workers.rows(
        picks.outer() * picks.count(),
        GRAIN / Math.max(1, inner) + 1,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            int plane = xAt + row / picks.count() * picks.n() * inner;
            for (int i = 0; i < inner; i++) {
              int k = row * inner + i;
              int source = plane + numbers[numbersAt + k] * inner + i;
              if (floats) {
                floatsOut[yAt + k] = floatsIn[source];
              } else {
                intsOut[yAt + k] = intsIn[source];
              }
            }
          }
        });
  }

  @Override
  public void gatherGradient(Picks picks, Buffer index, Buffer dy, Buffer dx) {
    int[] numbers = CpuBuffer.ints(index);
    int numbersAt = CpuBuffer.offset(index);
    float[] in = CpuBuffer.floats(dy);
    float[] out = CpuBuffer.floats(dx);
    int inAt = CpuBuffer.offset(dy);
    int outAt = CpuBuffer.offset(dx);
    int inner = picks.inner();
    int from = picks.n() * inner;
    int taken = picks.count() * inner;
    workers.rows(
        picks.outer(),
        GRAIN / Math.max(1, from + taken) + 1,
        (first, end) -> {
          for (int outer = first; outer < end; outer++) {
            int plane = outAt + outer * from;
            Arrays.fill(out, plane, plane + from, 0);
            for (int k = outer * taken; k < (outer + 1) * taken; k++) {
              out[plane + numbers[numbersAt + k] * inner + k % inner] += in[inAt + k];
            }
          }
        });
  }

  @Override
  public void oneHot(int classes, Buffer index, Buffer y) {
    int[] numbers = CpuBuffer.ints(index);
    int numbersAt = CpuBuffer.offset(index);
    int at = CpuBuffer.offset(y);
    if (y.dtype() == DType.FLOAT32) {
      float[] out = CpuBuffer.floats(y);
      Arrays.fill(out, at, at + y.size(), 0);
      for (int k = 0; k < index.size(); k++) {
        out[at + k * classes + numbers[numbersAt + k]] = 1;
      }
    } else {
      int[] out = CpuBuffer.ints(y);
      Arrays.fill(out, at, at + y.size(), 0);
      for (int k = 0; k < index.size(); k++) {
        out[at + k * classes + numbers[numbersAt + k]] = 1;
      }
    }
  }
}
