// dropout — y[i] = u(i / inner) < p ? 0 : x[i] / (1 - p)
//
//   x, y    [n] float32; y may be x. Without channels inner is 1, with them n = channels · inner
//   u(j)    lane j % 4 of Philox 4x32-10 with counter (j / 4, 0, stream) and key seed, made a
//           float by (bits >> 8) · 2^-24 (Salmon et al., Parallel random numbers: as easy as 1, 2, 3,
//           2011): the same numbers on every device, and again for the gradient
//
// Launch   dropout            1-D, a work-item for 4 elements: one block of numbers
//          dropout_channels   work-groups take turns at the channels
// Tunable  WG, CHANNEL_WG     work-group sizes

#include "given.h"

#define PHILOX_KEY_0 0x9E3779B9u
#define PHILOX_KEY_1 0xBB67AE85u
#define PHILOX_MUL_0 0xD2511F53u
#define PHILOX_MUL_1 0xCD9E8D57u

// Four random words of block, in c0 to c3, which it declares.
#define PHILOX(block)                                                 \
  uint c0 = (block), c1 = 0, c2 = streamLow, c3 = streamHigh;         \
  uint k0 = seedLow, k1 = seedHigh;                                   \
  UNROLL for (int round = 0; round < 10; round++) {                   \
    const uint high0 = MUL_HI(PHILOX_MUL_0, c0);                      \
    const uint high1 = MUL_HI(PHILOX_MUL_1, c2);                      \
    const uint low0 = PHILOX_MUL_0 * c0;                              \
    const uint low1 = PHILOX_MUL_1 * c2;                              \
    c0 = high1 ^ c1 ^ k0;                                             \
    c1 = low1;                                                        \
    c2 = high0 ^ c3 ^ k1;                                             \
    c3 = low0;                                                        \
    k0 += PHILOX_KEY_0;                                               \
    k1 += PHILOX_KEY_1;                                               \
  }

#define UNIFORM(bits) ((float)((bits) >> 8) * 5.9604644775390625e-8f)

KERNEL(WG) dropout(GLOBAL const float* x, GLOBAL float* y, int n, float p,
                   uint seedLow, uint seedHigh, uint streamLow, uint streamHigh, GIVEN) {
  streamLow = WORD(0, streamLow);
  streamHigh = WORD(1, streamHigh);
  const size_t block = (size_t)GROUP_ID(0) * WG + LOCAL_ID(0);
  const size_t i = block * 4;
  if (i >= (size_t)n) return;
  PHILOX((uint)block)
  const float keep = 1 - p;
  y[i] = UNIFORM(c0) < p ? 0 : x[i] / keep;
  if (i + 1 < (size_t)n) y[i + 1] = UNIFORM(c1) < p ? 0 : x[i + 1] / keep;
  if (i + 2 < (size_t)n) y[i + 2] = UNIFORM(c2) < p ? 0 : x[i + 2] / keep;
  if (i + 3 < (size_t)n) y[i + 3] = UNIFORM(c3) < p ? 0 : x[i + 3] / keep;
}

KERNEL(CHANNEL_WG) dropout_channels(GLOBAL const float* x, GLOBAL float* y, int channels, int inner,
                                    float p, uint seedLow, uint seedHigh, uint streamLow,
                                    uint streamHigh, GIVEN) {
  streamLow = WORD(0, streamLow);
  streamHigh = WORD(1, streamHigh);
  const float keep = 1 - p;
  for (int channel = GROUP_ID(0); channel < channels; channel += GROUP_COUNT(0)) {
    PHILOX((uint)channel / 4)
    const int lane = channel % 4;
    const uint bits = lane < 2 ? (lane == 0 ? c0 : c1) : (lane == 2 ? c2 : c3);
    const int dropped = UNIFORM(bits) < p;
    const size_t first = (size_t)channel * inner;
    for (int i = LOCAL_ID(0); i < inner; i += CHANNEL_WG) {
      y[first + i] = dropped ? 0 : x[first + i] / keep;
    }
  }
}
