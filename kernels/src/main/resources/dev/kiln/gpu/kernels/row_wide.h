// Rows of class scores in explicit vectors, for CPUs behind OpenCL
//
//   x = . . . . . . . . . . . . .     LANES elements at a time; what the last vector lacks is
//       ^-----^ ^-----^ ^-----^       -infinity, whose exponential adds nothing
//
// A NaN is no greatest element, and makes the sum of exponentials NaN.
#ifndef KILN_ROW_WIDE_H
#define KILN_ROW_WIDE_H

#include "wide.h"

// LANES compensated sums (Kahan 1965), as in running.h.
typedef struct {
  WIDE sums, excess;
} WideRunning;

DEVICE_FN WideRunning wide_running_zero(void) {
  WideRunning r;
  r.sums = (WIDE)(0.0f);
  r.excess = (WIDE)(0.0f);
  return r;
}

DEVICE_FN WideRunning wide_running_add(WideRunning r, WIDE value) {
  const WIDE wanted = value - r.excess;
  WideRunning next;
  next.sums = r.sums + wanted;
  // an infinite sum stays infinite
  next.excess = fabs(next.sums) < (WIDE)(INFINITY) ? (next.sums - r.sums) - wanted : (WIDE)(0.0f);
  return next;
}

// The elements from c on.
DEVICE_FN WIDE scores_at(GLOBAL const float* scores, int c, int n) {
  const WIDE value = load_lanes(scores + c, n - c);
  return LANE < (WIDE)(float)(n - c) ? value : (WIDE)(-INFINITY);
}

DEVICE_FN float row_top(GLOBAL const float* scores, int n) {
  WIDE tops = (WIDE)(-INFINITY);
  for (int c = 0; c < n; c += LANES) {
    const WIDE value = scores_at(scores, c, n);
    tops = value > tops ? value : tops;
  }
  return max_lanes(tops);
}

// The sum of exp(x - top), each of which is kept in exps, unless that is null.
DEVICE_FN float row_exps(GLOBAL const float* scores, float top, GLOBAL float* exps, int n) {
  WideRunning total = wide_running_zero();
  for (int c = 0; c < n; c += LANES) {
    const WIDE e = exp(scores_at(scores, c, n) - top);
    if (exps != 0) store_lanes(exps + c, e, n - c);
    total = wide_running_add(total, e);
  }
  return sum_lanes(total.sums);
}

#endif
