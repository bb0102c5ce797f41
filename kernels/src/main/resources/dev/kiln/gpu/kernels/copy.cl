// copy — y[yOffset + i · strides] = x[xOffset + i · strides] for every index i of some extents
//
//   x, y   words of 4 bytes, whatever they mean; strides in elements, negative ones too. A stride of
//          0 in x repeats. The last dimension has n elements
//
//          a block of columns        x ...#####...     strides 11, 1
//                                      ...#####...     offset 3
//          a transposed matrix       strides 1, rows
//
// Launch   1-D; a work-item takes a run of elements of one row: ceil(n / run) work-items a row.
//          run = 1 on GPUs, so that neighbours touch neighbours; long on CPUs
// Tunable  WG   work-group size
//
// copy_3 has two dimensions before the last, copy_8 seven.

// Takes the coordinate of a dimension off the end of rest and moves x and y by it.
#define OUTER(extent, strideX, strideY)             \
  {                                                 \
    const size_t at = rest % (size_t)(extent);      \
    rest /= (size_t)(extent);                       \
    x += (long)at * (strideX);                      \
    y += (long)at * (strideY);                      \
  }

// Declares what a work-item needs to know of its run, and ends those that have none.
#define RUN(rows)                                                           \
  const size_t runs = ((size_t)n + run - 1) / run;                          \
  const size_t item = (size_t)GROUP_ID(0) * WG + LOCAL_ID(0);               \
  const size_t row = item / runs;                                           \
  if (row >= (size_t)(rows)) return;                                        \
  const size_t first = (item - row * runs) * run;                           \
  const size_t last = first + run < (size_t)n ? first + run : (size_t)n;    \
  size_t rest = row;                                                        \
  x += xOffset;                                                             \
  y += yOffset;

// The usual strides as constants in loops of their own, where a compiler can make vectors.
#define ROW()                                                                     \
  if (sx == 1 && sy == 1) {                                                       \
    for (size_t i = first; i < last; i++) y[i] = x[i];                            \
  } else if (sx == 0 && sy == 1) {                                                \
    for (size_t i = first; i < last; i++) y[i] = x[0];                            \
  } else {                                                                        \
    for (size_t i = first; i < last; i++) y[(long)i * sy] = x[(long)i * sx];      \
  }

KERNEL(WG) copy_3(GLOBAL const uint* x, GLOBAL uint* y, int xOffset, int yOffset, int run,
                  int n0, int n1, int n, int sx0, int sx1, int sx, int sy0, int sy1, int sy) {
  RUN((size_t)n0 * n1)
  OUTER(n1, sx1, sy1)
  OUTER(n0, sx0, sy0)
  ROW()
}

KERNEL(WG) copy_8(GLOBAL const uint* x, GLOBAL uint* y, int xOffset, int yOffset, int run,
                  int n0, int n1, int n2, int n3, int n4, int n5, int n6, int n,
                  int sx0, int sx1, int sx2, int sx3, int sx4, int sx5, int sx6, int sx,
                  int sy0, int sy1, int sy2, int sy3, int sy4, int sy5, int sy6, int sy) {
  RUN((size_t)n0 * n1 * n2 * n3 * n4 * n5 * n6)
  OUTER(n6, sx6, sy6)
  OUTER(n5, sx5, sy5)
  OUTER(n4, sx4, sy4)
  OUTER(n3, sx3, sy3)
  OUTER(n2, sx2, sy2)
  OUTER(n1, sx1, sy1)
  OUTER(n0, sx0, sy0)
  ROW()
}
