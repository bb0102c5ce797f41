// the weighted mean of a few losses: divisor = sum(counted), mean = sum(loss) / divisor
//
//   loss, counted   [samples]
//   mean, divisor   one number each
//
// Launch   one group
// Local    WG floats
// Order    each work-item in steps of WG, then a tree over work-items; sums are compensated
// Tunable  WG = 256    work-group size, a power of two; 1 for CPUs

#include "dialect/group.h"
#include "dialect/running.h"

KERNEL(WG) loss_mean(GLOBAL const float* RESTRICT loss, GLOBAL const float* RESTRICT counted,
                     GLOBAL float* RESTRICT mean, GLOBAL float* RESTRICT divisor, int samples) {
  LOCAL float scratch[WG];
  Running losses = running_zero();
  Running counts = running_zero();
  for (int i = LOCAL_ID(0); i < samples; i += WG) {
    losses = running_add(losses, loss[i]);
    counts = running_add(counts, counted[i]);
  }
  const float sum = group_sum(scratch, losses.sum);
  const float weights = group_sum(scratch, counts.sum);
  if (LOCAL_ID(0) == 0) {
    mean[0] = sum / weights;
    divisor[0] = weights;
  }
}
