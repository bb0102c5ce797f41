// layer normalization of rows, and its gradients
//
//   layer_norm            y = (x - mean) * invStd * gamma + beta, invStd = 1 / sqrt(variance + eps)
//   layer_norm_gradient   dx = invStd * (d - sum(d)/n - xhat * sum(d * xhat)/n)
//                         with d = dy * gamma and xhat = (x - mean) * invStd
//                         tilt = dy * xhat; its sum over rows, by reduce.cl, is dgamma, that of dy
//                         is dbeta
//
//   x, y, dy, dx, tilt   [rows][n] row-major float32; dx or tilt null where it is not wanted
//   gamma, beta          [n], null for 1 and 0
//   mean, invStd         [rows]
//
// The variance is that of x - mean, in a second pass: a large mean costs no digits.
//
// Launch   a team of work-items per row, as row.h tells; any number of groups
// Local    WG floats, and the row
// Order    each work-item quad by quad, compensated, then a tree over the team
// Tunable  WG = 256     work-group size, a power of four; 1 for CPUs
//          QUADS = 4    quads that a work-item keeps; the gradient half as many of d and of xhat

#include "dialect/running.h"
#include "row.h"

KERNEL(WG) layer_norm(GLOBAL const float* RESTRICT x, GLOBAL const float* RESTRICT gamma,
                      GLOBAL const float* RESTRICT beta, GLOBAL float* RESTRICT y,
                      GLOBAL float* RESTRICT mean, GLOBAL float* RESTRICT invStd, float eps, int n,
                      int rows, int team) {
  LOCAL float scratch[WG];
  LOCAL float kept[KEPT];
  for (EACH_ROWS) {
    const Share s = share_of(begin, n, 1, rows, team);
    Running total = running_zero();
    EACH_QUAD {
      const float4 v = load_quad(x + s.start, s, q, 1, 0);
      if (q < QUADS) keep(kept, q, v);
      total = running_add(total, sum_quad(v));
    }
    const float center = team_sum(scratch, s, total.sum) / n;

    Running squares = running_zero();
    EACH_QUAD {
      const float4 v = q < QUADS ? kept_at(kept, q) : load_quad(x + s.start, s, q, 1, 0);
      const float4 d = existing(s, q, v - center);
      squares = running_add(squares, sum_quad(d * d));
    }
    const float inverse = 1 / SQRT(team_sum(scratch, s, squares.sum) / n + eps);

    EACH_QUAD {
      const float4 v = q < QUADS ? kept_at(kept, q) : load_quad(x + s.start, s, q, 1, 0);
      float4 scaled = (v - center) * inverse;
      if (gamma != 0) scaled *= load_quad(gamma, s, q, 1, 0);
      if (beta != 0) scaled += load_quad(beta, s, q, 1, 0);
      store_quad(y + s.start, s, q, 1, scaled);
    }
    if (s.lane == 0 && s.n > 0) {
      mean[s.row] = center;
      invStd[s.row] = inverse;
    }
  }
}

KERNEL(WG) layer_norm_gradient(GLOBAL const float* RESTRICT x, GLOBAL const float* RESTRICT dy,
                               GLOBAL const float* RESTRICT gamma, GLOBAL const float* RESTRICT mean,
                               GLOBAL const float* RESTRICT invStd, GLOBAL float* RESTRICT dx,
                               GLOBAL float* RESTRICT tilt, int n, int rows, int team) {
  LOCAL float scratch[WG];
  LOCAL float kept[KEPT];
  for (EACH_ROWS) {
    const Share s = share_of(begin, n, 1, rows, team);
    const float center = s.n > 0 ? mean[s.row] : 0;
    const float inverse = s.n > 0 ? invStd[s.row] : 0;
    Running sums = running_zero();
    Running tilts = running_zero();
    EACH_QUAD {
      float4 d = load_quad(dy + s.start, s, q, 1, 0);
      const float4 xhat = (load_quad(x + s.start, s, q, 1, 0) - center) * inverse;
      if (tilt != 0) store_quad(tilt + s.start, s, q, 1, d * xhat);
      if (gamma != 0) d *= load_quad(gamma, s, q, 1, 0);
      if (2 * q < QUADS) {
        keep(kept, 2 * q, d);
        keep(kept, 2 * q + 1, xhat);
      }
      sums = running_add(sums, sum_quad(d));
      tilts = running_add(tilts, sum_quad(d * xhat));
    }
    const float shift = team_sum(scratch, s, sums.sum) / n;
    const float slant = team_sum(scratch, s, tilts.sum) / n;
    if (dx != 0) {
      EACH_QUAD {
        float4 d, xhat;
        if (2 * q < QUADS) {
          d = kept_at(kept, 2 * q);
          xhat = kept_at(kept, 2 * q + 1);
        } else {
          d = load_quad(dy + s.start, s, q, 1, 0);
          if (gamma != 0) d *= load_quad(gamma, s, q, 1, 0);
          xhat = (load_quad(x + s.start, s, q, 1, 0) - center) * inverse;
        }
        store_quad(dx + s.start, s, q, 1, inverse * (d - shift - xhat * slant));
      }
    }
  }
}
