// next_numbers — the first of the launches of a recorded step: brings the step's numbers from the host
//
//   ring      [rows][count]   host memory that the device reads; the host writes a row a run
//   numbers   [count]         where the step's other launches read
//   turn      [1]             the row of this run, and after it that of the next
//
// Launch   one work-group
// Tunable  WG     work-group size

KERNEL(WG) next_numbers(GLOBAL const uint* ring, GLOBAL uint* numbers, GLOBAL int* turn, int count,
                        int rows) {
  const int row = turn[0];
  for (int i = LOCAL_ID(0); i < count; i += WG) numbers[i] = ring[row * count + i];
  BARRIER();
  if (LOCAL_ID(0) == 0) turn[0] = row + 1 < rows ? row + 1 : 0;
}
