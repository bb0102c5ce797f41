package dev.kiln.cpu;

import dev.kiln.backend.Resample;

/**
 * A linear map along one dimension whose every output is a weighted sum of neighbouring inputs:
 * output {@code o} is {@code Σ weights[t] · input[firsts[o] + t - begins[o]]} over its taps {@code
 * begins[o] … begins[o + 1] - 1}.
 */
record Taps(int in, int[] firsts, int[] begins, float[] weights) {

  /** As {@link Resample} says. */
  static Taps of(Resample method, int in, int out, float step) {
    int[] firsts = new int[out];
    int[] begins = new int[out + 1];
    float[] weights = new float[method == Resample.AVERAGE ? in + 2 * out : 2 * out];
    int at = 0;
    for (int o = 0; o < out; o++) {
      begins[o] = at;
      if (method == Resample.AVERAGE) {
        firsts[o] = (int) ((long) o * in / out);
        int end = (int) (((o + 1L) * in + out - 1) / out);
        for (int i = firsts[o]; i < end; i++) {
          weights[at++] = 1f / (end - firsts[o]);
        }
      } else if (method == Resample.NEAREST) {
        firsts[o] = Math.min((int) (o * step), in - 1);
        weights[at++] = 1;
      } else {
        float place = method == Resample.LINEAR ? Math.max(0, (o + 0.5f) * step - 0.5f) : o * step;
        firsts[o] = Math.min((int) place, in - 1);
        float beyond = firsts[o] < in - 1 ? place - firsts[o] : 0;
        weights[at++] = 1 - beyond;
        if (beyond > 0) {
          weights[at++] = beyond;
        }
      }
    }
    begins[out] = at;
    return new Taps(in, firsts, begins, weights);
  }

  int out() {
    return firsts.length;
  }

  int begin(int o) {
    return begins[o];
  }

  float weight(int tap) {
    return weights[tap];
  }

  /** The input that one of an output's taps reads. */
  int source(int o, int tap) {
    return firsts[o] + tap - begins[o];
  }

  /** The map that takes gradients of the outputs to gradients of the inputs. */
  Taps transposed() {
    int[] counts = new int[in + 1];
    int[] users = new int[in];
    for (int o = out() - 1; o >= 0; o--) {
      for (int t = begins[o]; t < begins[o + 1]; t++) {
        counts[source(o, t) + 1]++;
        users[source(o, t)] = o;
      }
    }
    for (int i = 0; i < in; i++) {
      counts[i + 1] += counts[i];
    }
    float[] turned = new float[counts[in]];
    int[] next = counts.clone();
    for (int o = 0; o < out(); o++) {
      for (int t = begins[o]; t < begins[o + 1]; t++) {
        turned[next[source(o, t)]++] = weights[t];
      }
    }
    return new Taps(out(), users, counts, turned);
  }

  /** The whole map of one row. */
  void apply(float[] row, float[] out, int outAt) {
    for (int o = 0; o < firsts.length; o++) {
      float sum = 0;
      int shift = firsts[o] - begins[o];
      for (int t = begins[o]; t < begins[o + 1]; t++) {
        sum += weights[t] * row[shift + t];
      }
      out[outAt + o] = sum;
    }
  }
}
