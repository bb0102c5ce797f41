package dev.kiln.cpu;

import dev.kiln.DType;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Copies;
import dev.kiln.backend.StridedCopy;

/** Strided copies, one run along the last dimension after the other. */
final class CpuCopies implements Copies {
  private static final int GRAIN = 1 << 15;

  private final Workers workers;

  CpuCopies(Engine engine) {
    workers = engine.workers();
  }

  @Override
  public void copy(StridedCopy copy, Buffer source, Buffer destination) {
    int size = copy.size();
    if (size == 0) {
      return;
    }
    int last = copy.extents().length - 1;
    int length = copy.extents()[last];
    int sourceStep = copy.sourceStrides()[last];
    int destinationStep = copy.destinationStrides()[last];
    int from = CpuBuffer.offset(source) + copy.sourceOffset();
    int to = CpuBuffer.offset(destination) + copy.destinationOffset();
    Object x = CpuBuffer.of(source).array();
    Object y = CpuBuffer.of(destination).array();
    if (length == size && size <= GRAIN && sourceStep == 1 && destinationStep == 1) {
      System.arraycopy(x, from, y, to, size);
      return;
    }
    boolean floats = source.dtype() == DType.FLOAT32;
    workers.rows(
        size / length,
        GRAIN / length + 1,
        (first, end) -> {
          Odometer at =
              new Odometer(copy.extents(), copy.sourceStrides(), copy.destinationStrides(), first);
          for (int row = first; row < end; row++, at.next()) {
            int s = from + at.first();
            int d = to + at.second();
            if (sourceStep == 1 && destinationStep == 1) {
              System.arraycopy(x, s, y, d, length);
            } else if (floats) {
              copy((float[]) x, s, sourceStep, (float[]) y, d, destinationStep, length);
            } else {
              copy((int[]) x, s, sourceStep, (int[]) y, d, destinationStep, length);
            }
          }
        });
  }

  private static void copy(float[] x, int xAt, int xStep, float[] y, int yAt, int yStep, int n) {
    for (int i = 0; i < n; i++) {
      y[yAt + i * yStep] = x[xAt + i * xStep];
    }
  }

  private static void copy(int[] x, int xAt, int xStep, int[] y, int yAt, int yStep, int n) {
    for (int i = 0; i < n; i++) {
      y[yAt + i * yStep] = x[xAt + i * xStep];
    }
  }
}
