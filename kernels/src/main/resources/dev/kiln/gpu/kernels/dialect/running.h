// A running sum whose error does not grow with its length (Kahan 1965): what each addition rounds
// away is kept and put into the next one.
//
//   Running total = running_zero();
//   total = running_add(total, value);
//   total.sum
#ifndef KILN_RUNNING_H
#define KILN_RUNNING_H

typedef struct {
  float sum, excess;
} Running;

DEVICE_FN Running running_zero(void) {
  Running r;
  r.sum = 0;
  r.excess = 0;
  return r;
}

DEVICE_FN Running running_add(Running r, float value) {
  const float wanted = value - r.excess;
  Running next;
  next.sum = r.sum + wanted;
  // an infinite sum stays infinite: infinity - infinity would turn it into a NaN
  next.excess = FABS(next.sum) < INFINITY ? (next.sum - r.sum) - wanted : 0;
  return next;
}

#endif
