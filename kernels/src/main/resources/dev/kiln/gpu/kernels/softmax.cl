// softmax, log-softmax and their gradients along the middle dimension
//
//   softmax                y = exp(x - max x) / sum(exp(x - max x))
//   softmax_gradient       dx = y * (dy - sum(dy * y))
//   log_softmax            y = x - max x - log(sum(exp(x - max x)))
//   log_softmax_gradient   dx = dy - exp(y) * sum(dy)
//
//   x, y, dy, dx   [outer][n][inner]   row-major; outer * inner rows of n elements, inner apart
//
// A NaN in a row makes all of it NaN, as does a row of -infinity only.
//
// Launch   a team of work-items per row, as row.h tells; any number of groups
// Local    WG floats, and the row
// Order    each work-item quad by quad, compensated, then a tree over the team
// Tunable  WG = 256     work-group size, a power of four; 1 for CPUs
//          QUADS = 4    quads that a work-item keeps; softmax_gradient half as many of y and of dy

#include "row_exps.h"

KERNEL(WG) softmax(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y, int n, int inner,
                   int rows, int team) {
  LOCAL float scratch[WG];
  LOCAL float kept[KEPT];
  for (EACH_ROWS) {
    const Share s = share_of(begin, n, inner, rows, team);
    GLOBAL const float* from = x + s.start;
    const RowExps exps = row_exps(scratch, kept, from, s, n, inner, team, 1);
    EACH_QUAD {
      float4 e;
      if (q < QUADS) {
        e = kept_at(kept, q);
      } else {
        e = exp_quad(load_quad(from, s, q, inner, 0) - exps.top);
      }
      store_quad(y + s.start, s, q, inner, quotient(e, exps.sum));
    }
  }
}

KERNEL(WG) log_softmax(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y, int n, int inner,
                       int rows, int team) {
  LOCAL float scratch[WG];
  LOCAL float kept[KEPT];
  for (EACH_ROWS) {
    const Share s = share_of(begin, n, inner, rows, team);
    GLOBAL const float* from = x + s.start;
    const RowExps exps = row_exps(scratch, kept, from, s, n, inner, team, 0);
    const float logSum = LOG(exps.sum);

    EACH_QUAD {
      const float4 v = q < QUADS ? kept_at(kept, q) : load_quad(from, s, q, inner, 0);
      store_quad(y + s.start, s, q, inner, v - exps.top - logSum);
    }
  }
}

KERNEL(WG) softmax_gradient(GLOBAL const float* RESTRICT y, GLOBAL const float* RESTRICT dy,
                            GLOBAL float* RESTRICT dx, int n, int inner, int rows, int team) {
  LOCAL float scratch[WG];
  LOCAL float kept[KEPT];
  for (EACH_ROWS) {
    const Share s = share_of(begin, n, inner, rows, team);
    Running total = running_zero();
    EACH_QUAD {
      const float4 d = load_quad(dy + s.start, s, q, inner, 0);
      const float4 v = load_quad(y + s.start, s, q, inner, 0);
      if (2 * q < QUADS) {
        keep(kept, 2 * q, d);
        keep(kept, 2 * q + 1, v);
      }
      total = running_add(total, sum_quad(d * v));
    }
    const float sum = team_sum(scratch, s, total.sum);

    EACH_QUAD {
      const int known = 2 * q < QUADS;
      const float4 d = known ? kept_at(kept, 2 * q) : load_quad(dy + s.start, s, q, inner, 0);
      const float4 v = known ? kept_at(kept, 2 * q + 1) : load_quad(y + s.start, s, q, inner, 0);
      store_quad(dx + s.start, s, q, inner, v * (d - sum));
    }
  }
}

KERNEL(WG) log_softmax_gradient(GLOBAL const float* RESTRICT y, GLOBAL const float* RESTRICT dy,
                                GLOBAL float* RESTRICT dx, int n, int inner, int rows, int team) {
  LOCAL float scratch[WG];
  LOCAL float kept[KEPT];
  for (EACH_ROWS) {
    const Share s = share_of(begin, n, inner, rows, team);
    Running total = running_zero();
    EACH_QUAD {
      const float4 d = load_quad(dy + s.start, s, q, inner, 0);
      if (q < QUADS) keep(kept, q, d);
      total = running_add(total, sum_quad(d));
    }
    const float sum = team_sum(scratch, s, total.sum);

    EACH_QUAD {
      const float4 d = q < QUADS ? kept_at(kept, q) : load_quad(dy + s.start, s, q, inner, 0);
      const float4 p = exp_quad(load_quad(y + s.start, s, q, inner, 0));
      store_quad(dx + s.start, s, q, inner, d - p * sum);
    }
  }
}
