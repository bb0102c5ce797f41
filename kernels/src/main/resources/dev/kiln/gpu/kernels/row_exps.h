// The greatest element of a row and the sum of exp(x - it), of which softmax and cross entropy are made
//
// What a team keeps of the row it goes through twice, in local memory. What is left of a longer row is
// read once: its exponentials are taken with the greatest element so far, and their sum is scaled when
// a greater one comes (Milakov and Gimelshein 2018, "Online normalizer calculation for softmax").
//
// A NaN is no greatest element, and makes the sum NaN; so does a row of -infinity only.
#ifndef KILN_ROW_EXPS_H
#define KILN_ROW_EXPS_H

#include "dialect/running.h"
#include "row.h"

#define EACH_KEPT_QUAD ROLLED for (int q = 0; q < QUADS && 4 * q * team < n; q++)

typedef struct {
  float top, sum;
} RowExps;

DEVICE_FN Running running_scaled(Running r, float by) {
  r.sum *= by;
  r.excess *= by;
  return r;
}

// x is where the row starts. Afterwards kept holds the row as far as it goes or, if keepExps, its
// exponentials.
DEVICE_FN RowExps row_exps(LOCAL_PTR float* scratch, LOCAL_PTR float* kept, GLOBAL const float* x,
                           Share s, int n, int inner, int team, int keepExps) {
  float top = -INFINITY;
  Running exps = running_zero();
  EACH_QUAD {
    const float4 v = load_quad(x, s, q, inner, -INFINITY);
    const float now = FMAX(top, max_quad(v));
    if (q < QUADS) {
      keep(kept, q, v);
    } else {
      if (now > top) exps = running_scaled(exps, EXP(top - now));
      // -infinity has the exponential 0, even if there is nothing else so far
      exps = running_add(exps, sum_quad(exp_quad(v - (now == -INFINITY ? 0 : now))));
    }
    top = now;
  }

  RowExps row;
  row.top = team_max(scratch, s, top);
  if (4 * QUADS * team < n) exps = running_scaled(exps, EXP(top - row.top));
  EACH_KEPT_QUAD {
    const float4 e = exp_quad(kept_at(kept, q) - row.top);
    if (keepExps) keep(kept, q, e);
    exps = running_add(exps, sum_quad(e));
  }
  row.sum = team_sum(scratch, s, exps.sum);
  return row;
}

#endif
