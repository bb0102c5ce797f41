// cross entropy of rows of class scores against one target class each, and its gradient
//
//   p = softmax(x), log p = x - max x - log(sum(exp(x - max x))), t = target, e = smoothing
//
//   loss      -(1 - e) w_t log p_t - e/classes * sum over c of w_c log p_c
//   counted   w_t
//   dx_c      g * ((1 - e) w_t (p_c - [c = t]) + e/classes * (p_c * sum(w) - w_c))
//             with the upstream gradient g = dy / divisor
//
//   x, dx                   [outer][classes][inner]
//   target, loss, counted   [outer][inner]; all 0 and dx 0 where target = ignored
//   weight                  [classes], null for 1
//   dy                      [outer][inner] if dyStep = 1, one number for all rows if 0
//   divisor                 one number, null for 1
//
// Launch   a team of work-items per row, as row.h tells; any number of groups
// Local    WG floats, and the row
// Order    each work-item quad by quad, compensated, then a tree over the team
// Tunable  WG = 256     work-group size, a power of four; 1 for CPUs
//          QUADS = 4    quads that a work-item keeps

#include "row_exps.h"

DEVICE_FN float weight_of(GLOBAL const float* weight, int c) { return weight != 0 ? weight[c] : 1; }

DEVICE_FN float4 weights_of(GLOBAL const float* weight, Share s, int q) {
  return weight != 0 ? load_quad(weight, s, q, 1, 0) : F4_ALL(1);
}

KERNEL(WG) cross_entropy(GLOBAL const float* RESTRICT x, GLOBAL const int* RESTRICT target,
                         GLOBAL const float* RESTRICT weight, GLOBAL float* RESTRICT loss,
                         GLOBAL float* RESTRICT counted, int ignored, float smoothing, int n,
                         int inner, int rows, int team) {
  LOCAL float scratch[WG];
  LOCAL float kept[KEPT];
  for (EACH_ROWS) {
    const Share s = share_of(begin, n, inner, rows, team);
    GLOBAL const float* scores = x + s.start;
    const RowExps exps = row_exps(scratch, kept, scores, s, n, inner, team, 0);
    const float logSum = LOG(exps.sum);

    // without smoothing nothing is added up: 0 * -infinity must not reach the loss
    float allLogs = 0;
    if (smoothing != 0) {
      Running logs = running_zero();
      EACH_QUAD {
        const float4 v = q < QUADS ? kept_at(kept, q) : load_quad(scores, s, q, inner, 0);
        const float4 w = weights_of(weight, s, q);
        logs = running_add(logs, sum_quad(existing(s, q, w * (v - exps.top - logSum))));
      }
      allLogs = team_sum(scratch, s, logs.sum);
    }

    if (s.lane == 0 && s.n > 0) {
      const int t = target[s.row];
      if (t == ignored) {
        loss[s.row] = 0;
        counted[s.row] = 0;
      } else {
        const float w = weight_of(weight, t);
        const float hit = smoothing < 1 ? scores[t * inner] - exps.top - logSum : 0;
        loss[s.row] = -(1 - smoothing) * w * hit - smoothing / n * allLogs;
        counted[s.row] = w;
      }
    }
  }
}

KERNEL(WG) cross_entropy_gradient(GLOBAL const float* RESTRICT x, GLOBAL const int* RESTRICT target,
                                  GLOBAL const float* RESTRICT weight,
                                  GLOBAL const float* RESTRICT dy, int dyStep,
                                  GLOBAL const float* RESTRICT divisor, GLOBAL float* RESTRICT dx,
                                  int ignored, float smoothing, int n, int inner, int rows,
                                  int team) {
  LOCAL float scratch[WG];
  LOCAL float kept[KEPT];
  float all = 0;
  if (smoothing != 0) {
    const Share s = share_of(0, n, inner, rows, team);
    Running weights = running_zero();
    for (int c = s.lane; c < n; c += team) weights = running_add(weights, weight_of(weight, c));
    all = team_sum(scratch, s, weights.sum);
  }
  for (EACH_ROWS) {
    const Share s = share_of(begin, n, inner, rows, team);
    GLOBAL const float* scores = x + s.start;
    const RowExps exps = row_exps(scratch, kept, scores, s, n, inner, team, 1);

    // dx = (ofTarget + spread * all) * p - spread * weight, and ofTarget less where c is the target
    const int t = s.n > 0 ? target[s.row] : ignored;
    const float g = t == ignored ? 0 : dy[(size_t)s.row * dyStep] / (divisor != 0 ? divisor[0] : 1);
    const float ofTarget = t == ignored ? 0 : g * (1 - smoothing) * weight_of(weight, t);
    const float spread = g * smoothing / n;
    EACH_QUAD {
      float4 p;
      if (q < QUADS) {
        p = kept_at(kept, q);
      } else {
        p = exp_quad(load_quad(scores, s, q, inner, 0) - exps.top);
      }
      p = quotient(p, exps.sum);
      const int c = quad_at(s, q);
      const float4 miss = F4(c == t ? p.x - 1 : p.x, c + s.hop == t ? p.y - 1 : p.y,
                             c + 2 * s.hop == t ? p.z - 1 : p.z, c + 3 * s.hop == t ? p.w - 1 : p.w);
      const float4 d = ofTarget * miss + spread * (p * all - weights_of(weight, s, q));
      store_quad(dx + s.start, s, q, inner, t == ignored ? F4_ALL(0) : d);
    }
  }
}
