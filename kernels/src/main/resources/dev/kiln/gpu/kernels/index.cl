// index — elements found by their number: embedding, index_select, gather, one_hot, and the way back
//
//   take              y[o][k][i]  = x[o][index[k]][i]
//   take_gradient     dx[o][v][i] = sum of dy[o][k][i] over the k with index[k] = v
//   gather            y[o][k][i]  = x[o][index[o][k][i]][i]
//   gather_gradient   dx[o][v][i] = sum of dy[o][k][i] over the k with index[o][k][i] = v
//   one_hot           y[k][c]     = index[k] == c ? one : 0
//
//   x, dx   [outer][n][inner]       x, y of take, gather, one_hot: words of 4 bytes, whatever
//   y, dy   [outer][count][inner]   index: int32, each 0 .. n - 1
//
// The sums are taken without atomics and in a fixed order. gather_gradient is a walk along k: every
// (o, i) has sums of its own. For take_gradient the places k are first sorted by the number they
// hold, by counting; index is cut into sections of so many places, each the work of one work-item:
//
//      index    2 0 2 | 1 0 2      n = 3
//      counts   1 0 2 | 1 1 1      sort_count: [sections][n], how often each section holds v
//      counts   0 0 0 | 1 0 2      sort_rank: how often the sections before it do;
//      starts   2 1 3                         and how often all do
//      starts   0 2 3              sort_scan: where the places of v begin
//      order    1 4 3 0 2 5        sort_place: the places of 0, of 1, of 2
//
// Launch   take               a work-item for `run` elements of a row of y, as in copy.cl
//          gather, one_hot    a work-item an element of y, any number of groups
//          gather_gradient    a work-item an (o, i), any number of groups; dx has been zeroed
//          sort_count         a work-item a section; counts have been zeroed
//          sort_rank          a work-item a v, any number of groups
//          sort_scan          one group
//          sort_place         a work-item a section
//          take_gradient_by_group   a group for COLUMNS of the outer * inner results of one v: its
//                                   rows of work-items share out the places; any number of groups
//          take_gradient_by_row     groups of one work-item, for CPUs: a v at a time, any number
// Local    sort_scan, take_gradient_by_group   WG words
// Order    take_gradient_by_group   places in steps of WG / COLUMNS, then those sums in order
//          the others               places in order
// Tunable  WG       work-group size
//          COLUMNS  divides WG

KERNEL(WG) take(GLOBAL const uint* RESTRICT x, GLOBAL const int* RESTRICT index,
                GLOBAL uint* RESTRICT y, int outer, int n, int count, int inner, int run) {
  const size_t runs = ((size_t)inner + run - 1) / run;
  const size_t item = (size_t)GROUP_ID(0) * WG + LOCAL_ID(0);
  const size_t row = item / runs;
  if (row >= (size_t)outer * count) return;
  const size_t o = row / count;
  const size_t from = (o * n + index[row - o * count]) * inner;
  const size_t first = (item - row * runs) * run;
  const size_t last = first + run < (size_t)inner ? first + run : (size_t)inner;
  for (size_t i = first; i < last; i++) y[row * inner + i] = x[from + i];
}

KERNEL(WG) gather(GLOBAL const uint* RESTRICT x, GLOBAL const int* RESTRICT index,
                  GLOBAL uint* RESTRICT y, int n, int count, int inner, int elements) {
  for (size_t e = GLOBAL_ID(0); e < (size_t)elements; e += GLOBAL_SIZE(0)) {
    const int row = (int)e / inner;
    y[e] = x[((size_t)(row / count) * n + index[e]) * inner + ((int)e - row * inner)];
  }
}

KERNEL(WG) gather_gradient(GLOBAL const int* RESTRICT index, GLOBAL const float* RESTRICT dy,
                           GLOBAL float* RESTRICT dx, int n, int count, int inner, int rows) {
  for (size_t row = GLOBAL_ID(0); row < (size_t)rows; row += GLOBAL_SIZE(0)) {
    const size_t o = row / inner;
    const size_t i = row - o * inner;
    for (int k = 0; k < count; k++) {
      const size_t e = (o * count + k) * inner + i;
      dx[(o * n + index[e]) * inner + i] += dy[e];
    }
  }
}

KERNEL(WG) one_hot(GLOBAL const int* RESTRICT index, GLOBAL uint* RESTRICT y, uint one,
                   int classes, int elements) {
  for (size_t e = GLOBAL_ID(0); e < (size_t)elements; e += GLOBAL_SIZE(0)) {
    const int k = (int)e / classes;
    y[e] = index[k] == (int)e - k * classes ? one : 0;
  }
}

// ---- the sort

KERNEL(WG) sort_count(GLOBAL const int* RESTRICT index, GLOBAL int* RESTRICT counts, int n,
                      int count, int section) {
  const size_t s = (size_t)GROUP_ID(0) * WG + LOCAL_ID(0);
  const size_t end = (s + 1) * section < (size_t)count ? (s + 1) * section : (size_t)count;
  for (size_t k = s * section; k < end; k++) counts[s * n + index[k]]++;
}

KERNEL(WG) sort_rank(GLOBAL int* RESTRICT counts, GLOBAL int* RESTRICT starts, int n,
                     int sections) {
  for (size_t v = GLOBAL_ID(0); v < (size_t)n; v += GLOBAL_SIZE(0)) {
    int before = 0;
    for (int s = 0; s < sections; s++) {
      const int here = counts[(size_t)s * n + v];
      counts[(size_t)s * n + v] = before;
      before += here;
    }
    starts[v] = before;
  }
}

KERNEL(WG) sort_scan(GLOBAL int* starts, int n) {
  LOCAL int totals[WG];
  const int share = (n + WG - 1) / WG;
  const int first = IMIN(n, LOCAL_ID(0) * share);
  const int last = IMIN(n, first + share);
  int total = 0;
  for (int v = first; v < last; v++) total += starts[v];
  totals[LOCAL_ID(0)] = total;
  BARRIER();
  int before = 0;
  for (int item = 0; item < LOCAL_ID(0); item++) before += totals[item];
  for (int v = first; v < last; v++) {
    const int here = starts[v];
    starts[v] = before;
    before += here;
  }
}

KERNEL(WG) sort_place(GLOBAL const int* RESTRICT index, GLOBAL int* RESTRICT counts,
                      GLOBAL const int* RESTRICT starts, GLOBAL int* RESTRICT order, int n,
                      int count, int section) {
  const size_t s = (size_t)GROUP_ID(0) * WG + LOCAL_ID(0);
  const size_t end = (s + 1) * section < (size_t)count ? (s + 1) * section : (size_t)count;
  for (size_t k = s * section; k < end; k++) {
    const int v = index[k];
    order[starts[v] + counts[s * n + v]++] = (int)k;
  }
}

// ---- the sums

KERNEL(WG) take_gradient_by_group(GLOBAL const int* RESTRICT starts,
                                  GLOBAL const int* RESTRICT order,
                                  GLOBAL const float* RESTRICT dy, GLOBAL float* RESTRICT dx,
                                  int outer, int n, int count, int inner, int skipped) {
  LOCAL float sums[WG];
  const size_t columns = (size_t)outer * inner;
  const size_t strips = (columns + COLUMNS - 1) / COLUMNS;
  for (size_t job = GROUP_ID(0); job < strips * n; job += GROUP_COUNT(0)) {
    const int v = (int)(job / strips);
    const size_t column = (job - v * strips) * COLUMNS + LOCAL_ID(0) % COLUMNS;
    const size_t o = column / inner;
    const size_t i = column - o * inner;
    float sum = 0;
    if (column < columns && v != skipped) {
      const int end = v + 1 < n ? starts[v + 1] : count;
      for (int at = starts[v] + LOCAL_ID(0) / COLUMNS; at < end; at += WG / COLUMNS) {
        sum += dy[(o * count + order[at]) * inner + i];
      }
    }
    sums[LOCAL_ID(0)] = sum;
    BARRIER();
    if (LOCAL_ID(0) < COLUMNS && column < columns) {
      for (int part = COLUMNS; part < WG; part += COLUMNS) sum += sums[LOCAL_ID(0) + part];
      dx[(o * n + v) * inner + i] = sum;
    }
    BARRIER();
  }
}

KERNEL(1) take_gradient_by_row(GLOBAL const int* RESTRICT starts, GLOBAL const int* RESTRICT order,
                               GLOBAL const float* RESTRICT dy, GLOBAL float* RESTRICT dx,
                               int outer, int n, int count, int inner, int skipped) {
  for (int v = GROUP_ID(0); v < n; v += GROUP_COUNT(0)) {
    const int begin = starts[v];
    const int end = v == skipped ? begin : v + 1 < n ? starts[v + 1] : count;
    for (int o = 0; o < outer; o++) {
      GLOBAL float* row = dx + ((size_t)o * n + v) * inner;
      for (int i = 0; i < inner; i++) row[i] = 0;
      for (int at = begin; at < end; at++) {
        GLOBAL const float* from = dy + ((size_t)o * count + order[at]) * inner;
        for (int i = 0; i < inner; i++) row[i] += from[i];
      }
    }
  }
}
