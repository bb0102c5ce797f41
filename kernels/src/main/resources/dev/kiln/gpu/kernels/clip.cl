// clip — the norm of many gradients, taken over all of them together, and their clipping in place
//
//   g<k>      [n<k>]     a gradient
//   partial   [chunks]   sums of squares, one a chunk, of all launches
//   norm      [1]
//
// Launch   a work-group a chunk; slots.h tells how a group finds its own. total_norm: one work-group
// Local    WG floats
// Order    a chunk's sum is a tree over work-items, chunks are added up with what each addition
//          rounds away: the same bits on every run
// Tunable  WG      work-group size, a power of two; 1 for CPUs
//          CHUNK   elements that a group takes
//          LANES   neighbours that a work-item adds up side by side, where it has vectors
#include "dialect/group.h"
#include "dialect/running.h"
#include "slots.h"

#define SLOT(k) , GLOBAL float* g##k, int n##k
#define GRADIENTS EACH_SLOT(SLOT)

// Declares g, the chunk of this group, and count, its number of elements.
#define ENTER(k)                          \
  if (chunk < CHUNKS(n##k)) {             \
    g = g##k;                             \
    count = n##k;                         \
    break;                                \
  }                                       \
  chunk -= CHUNKS(n##k);
#define FIND_CHUNK                        \
  GLOBAL float* g = g0;                   \
  int count = 0;                          \
  int chunk = GROUP_ID(0);                \
  do {                                    \
    EACH_SLOT(ENTER)                      \
  } while (0);                            \
  g += (size_t)chunk * CHUNK;             \
  count = IMIN(count - chunk * CHUNK, CHUNK);

#define EACH_ITEM int i = LOCAL_ID(0); i < count; i += WG

// base: how many chunks earlier launches had
KERNEL(WG) sum_of_squares(GLOBAL float* partial, int base GRADIENTS) {
  LOCAL float scratch[WG];
  FIND_CHUNK
  float lanes[LANES];
  UNROLL for (int l = 0; l < LANES; l++) lanes[l] = 0;
  int i = LOCAL_ID(0) * LANES;
  for (; i + LANES <= count; i += WG * LANES) {
    UNROLL for (int l = 0; l < LANES; l++) lanes[l] += g[i + l] * g[i + l];
  }
  float own = 0;
  for (const int end = IMIN(i + LANES, count); i < end; i++) own += g[i] * g[i];
  UNROLL for (int l = 0; l < LANES; l++) own += lanes[l];
  const float sum = group_sum(scratch, own);
  if (LOCAL_ID(0) == 0) partial[base + GROUP_ID(0)] = sum;
}

KERNEL(WG) total_norm(GLOBAL const float* partial, int chunks, GLOBAL float* y) {
  LOCAL float scratch[WG];
  Running total = running_zero();
  for (int i = LOCAL_ID(0); i < chunks; i += WG) total = running_add(total, partial[i]);
  const float sum = group_sum(scratch, total.sum);
  if (LOCAL_ID(0) == 0) y[0] = SQRT(sum);
}

// 1e-6 as in PyTorch; a norm of NaN makes everything NaN
KERNEL(WG) clip_norm(GLOBAL const float* norm, float maximum GRADIENTS) {
  FIND_CHUNK
  const float scale = maximum / (norm[0] + 1e-6f);
  if (scale >= 1) return;
  for (EACH_ITEM) g[i] *= scale;
}

KERNEL(WG) clip_value(float bound GRADIENTS) {
  FIND_CHUNK
  for (EACH_ITEM) g[i] = g[i] > bound ? bound : g[i] < -bound ? -bound : g[i];
}
