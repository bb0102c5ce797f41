// line one
#include "dialect/group.h"
// line three
KERNEL(WG) reduce(GLOBAL const float* x, GLOBAL float* y) {
  LOCAL float scratch[WG];
  const float sum = group_sum(scratch, x[LOCAL_ID(0)]);
  if (LOCAL_ID(0) == 0) y[0] = sum;
}
