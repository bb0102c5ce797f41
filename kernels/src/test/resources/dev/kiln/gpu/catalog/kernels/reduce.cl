// row_sums — y[i] = sum of x[i][n]
#include "dialect/group.h"
// line three
// Launch   one work-group a row

KERNEL(WG) row_sums(GLOBAL const float* x, GLOBAL float* y, int n) {
  LOCAL float scratch[WG];
  float sum = 0;
  for (int i = LOCAL_ID(0); i < n; i += WG) sum += x[(size_t)GROUP_ID(0) * n + i];
  sum = group_sum(scratch, sum);
  if (LOCAL_ID(0) == 0) y[GROUP_ID(0)] = sum;
}

// largest_square — y[0] = max of x[WG]^2, to see that group_max reaches every work-item
KERNEL(WG) largest_square(GLOBAL const float* x, GLOBAL float* y) {
  LOCAL float scratch[WG];
  const float v = x[LOCAL_ID(0)];
  y[LOCAL_ID(0)] = group_max(scratch, v * v);
}

// arithmetic — y[12] = what the dialect's functions give for a and b
KERNEL(WG) arithmetic(GLOBAL float* y, float a, float b, uint u) {
  if (LOCAL_ID(0) != 0) return;
  y[0] = FMA(a, b, -1.0f);
  y[1] = a * b + -1.0f;
  y[2] = EXP(a);
  y[3] = LOG(b);
  y[4] = SQRT(b);
  y[5] = RSQRT(b);
  y[6] = TANH(a);
  y[7] = FMAX(a, AS_FLOAT(0x7FC00000u));
  y[8] = (float)IMIN(3, (int)b);
  y[9] = AS_FLOAT(MUL_HI(u, 3u));
  const float4 v = F4(a, b, 1, 2) * 2 - F4_ALL(b) + FMA4(F4_ALL(a), F4_ALL(b), F4_ALL(1));
  y[10] = v.x + v.y;
  y[11] = v.z + v.w;
}
