// sum for CPUs — reduce.cl tells what, and what sections are
//
//   sum_rows_by_lanes      inner = 1       x = . . . . . . . . . . . . .    LANES elements at a time,
//                                              ^-----^ ^-----^ ^---          then the rest
//   sum_columns_by_lanes   inner > 1       LANES columns at a time in strips; the last strip of a
//                                          row, if it is narrower, column by column
//
// A loop over LANES with a constant trip count is what a CPU's compiler turns into vectors.
//
// Launch   any number of groups, a work-item alone in each: no local memory, no barriers
// Order    rows: LANES sums (i mod LANES), a tree over them, then the rest; columns: along the section
// Tunable  LANES = 16    floats in a CPU's vector, a power of two

#include "dialect/sections.h"

// Rows that lie in one piece: inner = 1.
KERNEL(1) sum_rows_by_lanes(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y, float scale,
                            int n, int inner, int section, int sections, int results) {
  for (int r = GROUP_ID(0); r < results; r += GROUP_COUNT(0)) {
    GLOBAL const float* from = x + section_start(r, n, inner, section, sections);
    const int length = section_length(r, n, inner, section, sections);
    float lane[LANES];
    UNROLL for (int j = 0; j < LANES; j++) lane[j] = 0;
    int i = 0;
    for (; i + LANES <= length; i += LANES) {
      UNROLL for (int j = 0; j < LANES; j++) lane[j] += from[i + j];
    }
    float rest = 0;
    for (; i < length; i++) rest += from[i];
    UNROLL for (int span = LANES / 2; span > 0; span /= 2) {
      UNROLL for (int j = 0; j < span; j++) lane[j] += lane[j + span];
    }
    y[r] = (lane[0] + rest) * scale;
  }
}

// LANES columns at a time; the last ones, if they are fewer, one by one.
KERNEL(1) sum_columns_by_lanes(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y, float scale,
                               int n, int inner, int section, int sections, int strips) {
  const int perRow = (inner + LANES - 1) / LANES;
  for (int strip = GROUP_ID(0); strip < strips; strip += GROUP_COUNT(0)) {
    const int k = strip % perRow * LANES;
    const int first = strip / perRow * inner + k;
    GLOBAL const float* from = x + section_start(first, n, inner, section, sections);
    const int length = section_length(first, n, inner, section, sections);
    if (k + LANES <= inner) {
      float lane[LANES];
      UNROLL for (int j = 0; j < LANES; j++) lane[j] = 0;
      for (int i = 0; i < length; i++, from += inner) {
        UNROLL for (int j = 0; j < LANES; j++) lane[j] += from[j];
      }
      UNROLL for (int j = 0; j < LANES; j++) y[first + j] = lane[j] * scale;
    } else {
      for (int j = 0; j < inner - k; j++) {
        float sum = 0;
        for (int i = 0; i < length; i++) sum += from[i * inner + j];
        y[first + j] = sum * scale;
      }
    }
  }
}
