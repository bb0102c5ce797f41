// A kernel that no compiler accepts: the third line of it is wrong.

KERNEL(WG) double_it(GLOBAL float* y, int n) {
  const int i = GLOBAL_ID(0);
  if (i < n) y[i] = 2 * z[i];
}
