package dev.kiln.cpu;

/** The transforms in plain loops, without fused multiply-adds, which not every processor has. */
final class ScalarWinograd implements Winograd {
  @Override
  public void image(
      int points,
      float[] d,
      int from,
      int step,
      int[] places,
      int tiles,
      int width,
      float[] target,
      int to,
      int toStep) {
    for (int t = 0; t < tiles; t++) {
      int at = from + places[t];
      int v = to + t * width;
      for (int x = 0; x < width; x++, at++, v++) {
        if (points == 8) {
          eight(d, at, step, target, v, toStep);
          continue;
        }
        float d0 = d[at];
        float d1 = d[at + step];
        float d2 = d[at + 2 * step];
        float d3 = d[at + 3 * step];
        float d4 = d[at + 4 * step];
        float d5 = d[at + 5 * step];
        float even = -4 * d2 + d4;
        float odd = -4 * d1 + d3;
        float evenTwo = d4 - d2;
        float oddTwo = d3 - d1;
        target[v] = 4 * d0 + (-5 * d2 + d4);
        target[v + toStep] = even + odd;
        target[v + 2 * toStep] = even - odd;
        target[v + 3 * toStep] = 2 * oddTwo + evenTwo;
        target[v + 4 * toStep] = -2 * oddTwo + evenTwo;
        target[v + 5 * toStep] = 4 * d1 + (-5 * d3 + d5);
      }
    }
  }

  private static void eight(float[] d, int at, int step, float[] target, int v, int toStep) {
    float d0 = d[at];
    float d1 = d[at + step];
    float d2 = d[at + 2 * step];
    float d3 = d[at + 3 * step];
    float d4 = d[at + 4 * step];
    float d5 = d[at + 5 * step];
    float d6 = d[at + 6 * step];
    float d7 = d[at + 7 * step];
    target[v] = 5.25f * (d2 - d4) + (d6 - d0);
    target[v + 7 * toStep] = 5.25f * (d3 - d5) + (d7 - d1);
    float even = -4.25f * d4 + (d2 + d6);
    float odd = -4.25f * d3 + (d1 + d5);
    target[v + toStep] = even + odd;
    target[v + 2 * toStep] = even - odd;
    even = 0.25f * d2 + (-1.25f * d4 + d6);
    odd = 0.5f * d1 + (-2.5f * d3 + 2 * d5);
    target[v + 3 * toStep] = even + odd;
    target[v + 4 * toStep] = even - odd;
    even = 4 * d2 + (-5 * d4 + d6);
    odd = 2 * d1 + (-2.5f * d3 + 0.5f * d5);
    target[v + 5 * toStep] = even + odd;
    target[v + 6 * toStep] = even - odd;
  }

  @Override
  public void results(
      int points,
      float[] m,
      int from,
      int step,
      int width,
      float bias,
      float[] y,
      int to,
      int[] places,
      int[] rows,
      int[] ends,
      int tiles) {
    for (int t = 0; t < tiles; t++) {
      int at = from + t * width;
      int wanted = rows[t];
      for (int x = 0; x < width; x++) {
        int p = at + x;
        float sum = m[p + step] + m[p + 2 * step];
        float difference = m[p + step] - m[p + 2 * step];
        float sumTwo = m[p + 3 * step] + m[p + 4 * step];
        float differenceTwo = m[p + 3 * step] - m[p + 4 * step];
        float last = m[p + (points - 1) * step] + bias;
        float sumHalf = 0;
        float differenceHalf = 0;
        if (points == 8) {
          sumHalf = m[p + 5 * step] + m[p + 6 * step];
          differenceHalf = m[p + 5 * step] - m[p + 6 * step];
        }
        int target = to + places[t] + x;
        y[target] = m[p] + sum + (sumTwo + bias) + sumHalf;
        if (wanted > 1) {
          float y1 = 2 * differenceTwo + difference + bias;
          y[target + width] = 0.5f * differenceHalf + y1;
        }
        if (wanted > 2) {
          float y2 = 4 * sumTwo + sum + bias;
          y[target + 2 * width] = 0.25f * sumHalf + y2;
        }
        if (wanted > 3) {
          float y3 = 8 * differenceTwo + difference + last;
          y[target + 3 * width] = 0.125f * differenceHalf + y3;
        }
      }
    }
  }

  @Override
  public void mix(
      float[] coefficients,
      int outs,
      int ins,
      float[] source,
      int from,
      int step,
      int count,
      float[] target,
      int to,
      int toStep) {
    for (int o = 0; o < outs; o++) {
      for (int x = 0; x < count; x++) {
        float sum = 0;
        for (int i = 0; i < ins; i++) {
          sum += coefficients[o * ins + i] * source[from + i * step + x];
        }
        target[to + o * toStep + x] = sum;
      }
    }
  }
}
