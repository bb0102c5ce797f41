// Sums and maxima over a work-group: a tree, so the same bits on every run and every device.
//
//   scratch   WG floats of local memory; may be used again at once
//   returns   the result, to every work-item
//
// Wants WG, a power of two. All work-items of the group call, or none does.
#ifndef KILN_GROUP_H
#define KILN_GROUP_H

DEVICE_FN float group_sum(LOCAL_PTR float* scratch, float value) {
  const int id = LOCAL_ID(0);
  scratch[id] = value;
  BARRIER();
  for (int span = WG / 2; span > 0; span /= 2) {
    if (id < span) scratch[id] += scratch[id + span];
    BARRIER();
  }
  const float sum = scratch[0];
  BARRIER();  // nobody overwrites scratch before all have read it
  return sum;
}

// A NaN is dropped, as FMAX does.
DEVICE_FN float group_max(LOCAL_PTR float* scratch, float value) {
  const int id = LOCAL_ID(0);
  scratch[id] = value;
  BARRIER();
  for (int span = WG / 2; span > 0; span /= 2) {
    if (id < span) scratch[id] = FMAX(scratch[id], scratch[id + span]);
    BARRIER();
  }
  const float most = scratch[0];
  BARRIER();
  return most;
}

#endif
