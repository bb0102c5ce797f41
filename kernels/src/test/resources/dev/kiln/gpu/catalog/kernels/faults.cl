// Kernels that are wrong, each in one way: the mock CUDA driver and oclgrind have to say so.
//
// Launch   one work-group

KERNEL(WG) write_past_end(GLOBAL float* y, int n) {
  const int i = LOCAL_ID(0);
  if (i <= n) y[i] = 1;
}

KERNEL(WG) read_far_past_end(GLOBAL float* y, GLOBAL const float* x) {
  const int i = LOCAL_ID(0);
  if (i == 5) y[i] = x[i + 4096];
}

KERNEL(WG) missing_barrier(GLOBAL const float* x, GLOBAL float* y) {
  LOCAL float tile[WG];
  const int i = LOCAL_ID(0);
  tile[i] = x[i];
  y[i] = tile[WG - 1 - i];
}

// The barrier that keeps a slow work-item from reading what the next round wrote.
KERNEL(WG) missing_second_barrier(GLOBAL const float* x, GLOBAL float* y) {
  LOCAL float tile[WG];
  const int i = LOCAL_ID(0);
  float sum = 0;
  for (int round = 1; round <= 2; round++) {
    tile[i] = x[i] * round;
    BARRIER();
    sum += tile[(i + 1) % WG];
  }
  y[i] = sum;
}

KERNEL(WG) barrier_for_half(GLOBAL float* y) {
  if (LOCAL_ID(0) < WG / 2) {
    BARRIER();
  }
  y[LOCAL_ID(0)] = 1;
}

KERNEL(WG) two_barriers(GLOBAL float* y) {
  if (LOCAL_ID(0) < WG / 2) {
    BARRIER();
    y[LOCAL_ID(0)] = 1;
  } else {
    BARRIER();
    y[LOCAL_ID(0)] = 2;
  }
}

KERNEL(WG) unwritten_local(GLOBAL float* y) {
  LOCAL float tile[WG];
  if (LOCAL_ID(0) > 0) tile[LOCAL_ID(0)] = 1;
  BARRIER();
  y[LOCAL_ID(0)] = tile[LOCAL_ID(0)];
}

KERNEL(WG) misaligned_load(GLOBAL const float* x, GLOBAL float* y) {
  STORE4(y, LOAD4(x + 1));
}

KERNEL(WG) division_by_zero(GLOBAL float* y, int zero) {
  y[0] = (float)(7 / zero);
}

// Each group reads what the one before it wrote: nobody promised that it ran before.
KERNEL(WG) order_of_groups(GLOBAL float* y) {
  if (LOCAL_ID(0) == 0) y[GROUP_ID(0) + 1] = y[GROUP_ID(0)] + 1;
}
