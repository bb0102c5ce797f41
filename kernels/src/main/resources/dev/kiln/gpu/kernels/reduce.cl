// sum, max, scatter — one number from each row of [outer][n][inner]
//
//   sum      y = scale * sum over i of x
//   max      values = the largest x, NaN above all; indices = its i, among equals the first
//   scatter  dx[o][indices[o][k]][k] = dy[o][k]; the rest of dx has been zeroed before
//
//   x  [outer][n][inner]             inner = 4, n = 6, sections of 4:
//                                      k 0 1 2 3
//                                    i 0 . . . .
//                                      1 . . . .    section 0
//   y  [outer][sections][inner]        2 . . . .
//                                      3 . . . .
//                                      4 . . . .    section 1
//                                      5 . . . .
//
// A row is cut into sections and every section gives a result of its own. So a long row takes
// rounds, the results of one being the x of the next, until one section is left: enough work for the
// whole device, and no sum longer than a section, which keeps the rounding error small.
//
// Launch   _by_group   a work-group per result, work-items stride along the section;
//                      for long rows, and any number of groups will do
//          _by_item    a work-item per result, neighbours along inner;
//                      for short rows and for inner of a warp or more, any number of groups
// Local    _by_group   WG floats, and for max WG ints
// Order    _by_group   each work-item in steps of WG, then a tree over work-items
//          _by_item    four sums (i mod 4), then theirs
// Tunable  WG = 256    work-group size, a power of two; 64 where rows are not so long, 1 for CPUs,
//                      whose sums are reduce_lanes.cl's

#include "dialect/group.h"
#include "dialect/sections.h"

KERNEL(WG) sum_by_group(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y, float scale, int n,
                        int inner, int section, int sections, int results) {
  LOCAL float scratch[WG];
  for (int r = GROUP_ID(0); r < results; r += GROUP_COUNT(0)) {
    GLOBAL const float* from = x + section_start(r, n, inner, section, sections);
    const int length = section_length(r, n, inner, section, sections);
    float sum = 0;
    for (int i = LOCAL_ID(0); i < length; i += WG) sum += from[i * inner];
    sum = group_sum(scratch, sum);
    if (LOCAL_ID(0) == 0) y[r] = sum * scale;
  }
}

KERNEL(WG) sum_by_item(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y, float scale, int n,
                       int inner, int section, int sections, int results) {
  for (size_t r = GLOBAL_ID(0); r < (size_t)results; r += GLOBAL_SIZE(0)) {
    GLOBAL const float* from = x + section_start((int)r, n, inner, section, sections);
    const int length = section_length((int)r, n, inner, section, sections);
    float a = 0, b = 0, c = 0, d = 0;
    int i = 0;
    for (; i + 3 < length; i += 4) {
      a += from[i * inner];
      b += from[(i + 1) * inner];
      c += from[(i + 2) * inner];
      d += from[(i + 3) * inner];
    }
    for (; i < length; i++) a += from[i * inner];
    y[r] = ((a + c) + (b + d)) * scale;
  }
}

// Whether a, later in the row, is to replace b.
DEVICE_FN int beats(float a, float b) { return a > b || (a != a && b == b); }

// The same where either may be the earlier one. Two NaNs are equals.
DEVICE_FN int beats_at(float a, int ia, float b, int ib) {
  const int equal = a == b || (a != a && b != b);
  return equal ? ia < ib : beats(a, b);
}

// from: where the elements of x, results of an earlier round, had been; null in the first round
KERNEL(WG) max_by_group(GLOBAL const float* RESTRICT x, GLOBAL const int* RESTRICT from,
                        GLOBAL float* RESTRICT values, GLOBAL int* RESTRICT indices, int n,
                        int inner, int section, int sections, int results) {
  LOCAL float top[WG];
  LOCAL int place[WG];
  const int id = LOCAL_ID(0);
  for (int r = GROUP_ID(0); r < results; r += GROUP_COUNT(0)) {
    const size_t start = section_start(r, n, inner, section, sections);
    const int length = section_length(r, n, inner, section, sections);

    int best = IMIN(id, length - 1);  // with more work-items than elements, the last one again
    float most = x[start + best * inner];
    for (int i = id + WG; i < length; i += WG) {
      const float value = x[start + i * inner];
      if (beats(value, most)) {
        most = value;
        best = i;
      }
    }
    top[id] = most;
    place[id] = best;
    BARRIER();
    for (int span = WG / 2; span > 0; span /= 2) {
      if (id < span && beats_at(top[id + span], place[id + span], top[id], place[id])) {
        top[id] = top[id + span];
        place[id] = place[id + span];
      }
      BARRIER();
    }
    if (id == 0) {
      values[r] = top[0];
      indices[r] = from != 0 ? from[start + place[0] * inner]
                             : r / inner % sections * section + place[0];
    }
    BARRIER();  // nobody begins the next row before this one is written
  }
}

KERNEL(WG) max_by_item(GLOBAL const float* RESTRICT x, GLOBAL const int* RESTRICT from,
                       GLOBAL float* RESTRICT values, GLOBAL int* RESTRICT indices, int n, int inner,
                       int section, int sections, int results) {
  for (size_t r = GLOBAL_ID(0); r < (size_t)results; r += GLOBAL_SIZE(0)) {
    const size_t start = section_start((int)r, n, inner, section, sections);
    const int length = section_length((int)r, n, inner, section, sections);
    int best = 0;
    float most = x[start];
    for (int i = 1; i < length; i++) {
      const float value = x[start + i * inner];
      if (beats(value, most)) {
        most = value;
        best = i;
      }
    }
    values[r] = most;
    indices[r] = from != 0 ? from[start + best * inner]
                           : (int)r / inner % sections * section + best;
  }
}

KERNEL(WG) scatter(GLOBAL const int* RESTRICT indices, GLOBAL const float* RESTRICT dy,
                   GLOBAL float* RESTRICT dx, int n, int inner, int results) {
  for (size_t r = GLOBAL_ID(0); r < (size_t)results; r += GLOBAL_SIZE(0)) {
    const size_t row = r / inner * n * inner + r % inner;
    dx[row + indices[r] * inner] = dy[r];
  }
}
