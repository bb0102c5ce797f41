package dev.kiln.cpu;

import dev.kiln.backend.Binary;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.LayerNormalization;
import org.jspecify.annotations.Nullable;

/** Layer normalization, a row at a time; the gradients of the weights over sections of rows. */
final class CpuLayerNormalization implements LayerNormalization {
  private static final int GRAIN = 1 << 13;

  /** Rows that are summed in one go, whatever the number of threads. */
  private static final int SECTION = 64;

  private static final int MOST_SECTIONS = 64;

  private final Loops loops;
  private final Workers workers;

  CpuLayerNormalization(Engine engine) {
    loops = engine.loops();
    workers = engine.workers();
  }

  @Override
  public void layerNorm(
      int rows,
      int n,
      float eps,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer beta,
      Buffer y,
      Buffer mean,
      Buffer invStd) {
    float[] in = CpuBuffer.floats(x);
    float[] out = CpuBuffer.floats(y);
    float[] means = CpuBuffer.floats(mean);
    float[] inverses = CpuBuffer.floats(invStd);
    float[] w = CpuBuffer.floatsOrNull(gamma);
    int wAt = CpuBuffer.offsetOrZero(gamma);
    float[] b = CpuBuffer.floatsOrNull(beta);
    int bAt = CpuBuffer.offsetOrZero(beta);
    workers.rows(
        rows,
        GRAIN / Math.max(1, n) + 1,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            int at = CpuBuffer.offset(x) + row * n;
            int outAt = CpuBuffer.offset(y) + row * n;
            float center = (float) (loops.sum(in, at, n) / n);
            double variance = loops.dot(center, in, at, in, at, n) / n;
            float inverse = (float) (1 / Math.sqrt(variance + eps));
            means[CpuBuffer.offset(mean) + row] = center;
            inverses[CpuBuffer.offset(invStd) + row] = inverse;
            loops.affine(center, inverse, 0, in, at, out, outAt, n);
            if (w != null) {
              loops.binary(Binary.MUL, out, outAt, 1, w, wAt, 1, out, outAt, n);
            }
            if (b != null) {
              loops.binary(Binary.ADD, out, outAt, 1, b, bAt, 1, out, outAt, n);
            }
          }
        });
  }

  @Override
  public void layerNormGradient(
      int rows,
      int n,
      Buffer x,
      Buffer dy,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer invStd,
      @Nullable Buffer dx,
      @Nullable Buffer dgamma,
      @Nullable Buffer dbeta) {
    if (dx != null) {
      inputGradient(rows, n, x, dy, gamma, mean, invStd, dx);
    }
    if (dgamma != null || dbeta != null) {
      weightGradients(rows, n, x, dy, mean, invStd, dgamma, dbeta);
    }
  }

  private void inputGradient(
      int rows,
      int n,
      Buffer x,
      Buffer dy,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer invStd,
      Buffer dx) {
    float[] in = CpuBuffer.floats(x);
    float[] up = CpuBuffer.floats(dy);
    float[] out = CpuBuffer.floats(dx);
    float[] means = CpuBuffer.floats(mean);
    float[] inverses = CpuBuffer.floats(invStd);
    float[] w = CpuBuffer.floatsOrNull(gamma);
    int wAt = CpuBuffer.offsetOrZero(gamma);
    workers.rows(
        rows,
        GRAIN / Math.max(1, n) + 1,
        (from, to) -> {
          float[] scratch = Scratch.ofThread().array(Scratch.Role.ROW, n);
          for (int row = from; row < to; row++) {
            int at = CpuBuffer.offset(x) + row * n;
            int upAt = CpuBuffer.offset(dy) + row * n;
            float[] d = up;
            int dAt = upAt;
            if (w != null) {
              loops.binary(Binary.MUL, up, upAt, 1, w, wAt, 1, scratch, 0, n);
              d = scratch;
              dAt = 0;
            }
            float center = means[CpuBuffer.offset(mean) + row];
            float inverse = inverses[CpuBuffer.offset(invStd) + row];
            double g = loops.sum(d, dAt, n) / n;
            double h = loops.centeredDot(center, in, at, d, dAt, n) * inverse / n;
            float tilt = (float) (-h * inverse * inverse);
            float shift = (float) (-g * inverse);
            int outAt = CpuBuffer.offset(dx) + row * n;
            loops.blend(inverse, center, tilt, shift, d, dAt, in, at, out, outAt, n);
          }
        });
  }

  private void weightGradients(
      int rows,
      int n,
      Buffer x,
      Buffer dy,
      Buffer mean,
      Buffer invStd,
      @Nullable Buffer dgamma,
      @Nullable Buffer dbeta) {
    int sections = Math.max(1, Math.min(MOST_SECTIONS, rows / SECTION));
    double[][] tilts = new double[sections][n];
    double[][] sums = new double[sections][n];
    workers.run(
        sections,
        i -> {
          int from = (int) ((long) rows * i / sections);
          int to = (int) ((long) rows * (i + 1) / sections);
          addRows(from, to, n, x, dy, mean, invStd, tilts[i], sums[i]);
        });
    if (dgamma != null) {
      writeTotals(tilts, dgamma);
    }
    if (dbeta != null) {
      writeTotals(sums, dbeta);
    }
  }

  private void addRows(
      int from,
      int to,
      int n,
      Buffer x,
      Buffer dy,
      Buffer mean,
      Buffer invStd,
      double[] tilts,
      double[] sums) {
    float[] in = CpuBuffer.floats(x);
    float[] up = CpuBuffer.floats(dy);
    float[] scratch = Scratch.ofThread().array(Scratch.Role.ROW, n);
    for (int row = from; row < to; row++) {
      int upAt = CpuBuffer.offset(dy) + row * n;
      float center = CpuBuffer.floats(mean)[CpuBuffer.offset(mean) + row];
      float inverse = CpuBuffer.floats(invStd)[CpuBuffer.offset(invStd) + row];
      loops.affine(center, inverse, 0, in, CpuBuffer.offset(x) + row * n, scratch, 0, n);
      loops.binary(Binary.MUL, scratch, 0, 1, up, upAt, 1, scratch, 0, n);
      loops.accumulate(scratch, 0, tilts, 0, n);
      loops.accumulate(up, upAt, sums, 0, n);
    }
  }

  private static void writeTotals(double[][] sections, Buffer result) {
    float[] out = CpuBuffer.floats(result);
    for (int i = 0; i < result.size(); i++) {
      double total = 0;
      for (double[] section : sections) {
        total += section[i];
      }
      out[CpuBuffer.offset(result) + i] = (float) total;
    }
  }
}
