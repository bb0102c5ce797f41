// rnn_step — one step of a recurrent layer a launch: the recurrent product and the cell together
//
//   The arrays and the cells are those of rnn.h, the order of steps is the launcher's. For any hidden
//   size and batch; RecurrentPlan takes it where the weights do not fit rnn_sequence.cl.
//
//   forward     rnn_forward_step; for GRU_RESET_FIRST rnn_forward_reset and then rnn_forward_new,
//               since n wants r h' of all units
//   backward    rnn_backward_step; for GRU_RESET_FIRST rnn_backward_reset after each; at last
//               rnn_backward_step for step -1, which makes the gradients of h0 and c0
//
// A group owns ROWS sequences and UNITS units with all their gates, and walks along k through tiles
// in local memory, loading the next ones to registers while it multiplies these. A work-item has
// 4 x 4 numbers of the product, of a slice of each tile's k; the slices' sums meet in local memory,
// and then each work-item computes the cell of some of the units.
//
//              k                     COLUMNS                     forward: COLUMNS is all gates of
//          +--------+            +--------------+                UNITS units, k runs along rows of w
//     ROWS | h'     |   x   k    | w            |
//          +--------+            |              |                backward: COLUMNS is UNITS, k runs
//           s0 s1 .. slices      +--------------+                along gates and units, down w
//
// Launch   x = blocks of UNITS units, y = blocks of ROWS sequences
// Local    (ROWS + COLUMNS + 8) * SLICES * K_EACH floats, at least 16 * WG, and ROWS ints
// Order    a slice sums k ascending, then slice 0, 1, 2, … are added: the same bits on every run
// Tunable  CELL            see rnn.h
//          ROWS, UNITS     the block, multiples of 4
//          K_EACH          of each slice in a tile
//          WG              a multiple of ROWS * COLUMNS / 16 for every COLUMNS there is
//
// ptxas 13.0 gives 72 to 131 registers for sm_75 to sm_120 and spills none: 2 or 3 groups a
// multiprocessor. UNITS is small so that even 256 units of one block of sequences are 16 groups.

#include "rnn.h"

#define ITEMS(columns) ((ROWS / 4) * ((columns) / 4))
#define SLICES(columns) (WG / ITEMS(columns))
#define DEPTH(columns) (SLICES(columns) * K_EACH)
#define LOADS(count) (((count) + WG - 1) / WG)
#define PITCH(lines) ((lines) + 4)
#define TILES(columns) (DEPTH(columns) * (PITCH(ROWS) + PITCH(columns)))
#define LARGER(a, b) ((a) > (b) ? (a) : (b))
#define SCRATCH(columns) LARGER(TILES(columns), 16 * WG)

// The gates that one product of the forward pass is for, and that one of the backward pass is from.
#if CELL == GRU_RESET_FIRST
#define TOGETHER 2
#else
#define TOGETHER GATES
#endif

#if WG % ITEMS(UNITS) != 0 || WG % ITEMS(TOGETHER * UNITS) != 0
#error "WG must be a multiple of the items that share a slice"
#endif

// What one product is of.
typedef struct {
  GLOBAL const float* a;  // line r of a begins at start[r], or is 0 where that is negative
  GLOBAL const float* w;
  int depth;              // the length of k
  int unit;               // the group's first
  int hidden;
} Factors;

// For functions that count their loops by columns, which is a constant only once they are inlined:
// left to itself, LLVM behind OpenCL asks too early and warns that it cannot unroll.
#define INLINE_FN __attribute__((always_inline)) DEVICE_FN

// The tiles from k on, this item's share: of both, zeros beyond their edges.
INLINE_FN void load_tiles(int columns, int down, Factors f, LOCAL_PTR const int* start, int k,
                          float* nextA, float* nextW) {
  UNROLL
  for (int i = 0; i < LOADS(ROWS * DEPTH(columns)); i++) {
    const int e = LOCAL_ID(0) + i * WG;
    const int line = e / DEPTH(columns);
    const int at = k + e % DEPTH(columns);
    nextA[i] = line < ROWS && at < f.depth && start[line] >= 0 ? f.a[start[line] + at] : 0;
  }
  UNROLL
  for (int i = 0; i < LOADS(columns * DEPTH(columns)); i++) {
    const int e = LOCAL_ID(0) + i * WG;
    const int column = down ? e % columns : e / DEPTH(columns);
    const int at = k + (down ? e / columns : e % DEPTH(columns));
    const int unit = f.unit + column % UNITS;
    const int inside = column < columns && at < k + DEPTH(columns) && at < f.depth;
    const size_t row = down ? at : column / UNITS * f.hidden + unit;
    nextW[i] = inside && unit < f.hidden ? f.w[row * f.hidden + (down ? unit : at)] : 0;
  }
}

INLINE_FN void store_tiles(int columns, int down, LOCAL_PTR float* tiles, const float* nextA,
                           const float* nextW) {
  UNROLL
  for (int i = 0; i < LOADS(ROWS * DEPTH(columns)); i++) {
    const int e = LOCAL_ID(0) + i * WG;
    if (e < ROWS * DEPTH(columns)) {
      tiles[e % DEPTH(columns) * PITCH(ROWS) + e / DEPTH(columns)] = nextA[i];
    }
  }
  UNROLL
  for (int i = 0; i < LOADS(columns * DEPTH(columns)); i++) {
    const int e = LOCAL_ID(0) + i * WG;
    const int column = down ? e % columns : e / DEPTH(columns);
    const int at = down ? e / columns : e % DEPTH(columns);
    if (e < columns * DEPTH(columns)) {
      tiles[DEPTH(columns) * PITCH(ROWS) + at * PITCH(columns) + column] = nextW[i];
    }
  }
}

// scratch[SLICES][ROWS][columns] = the slices' sums. down: k runs down the columns of w.
INLINE_FN void product(int columns, int down, Factors f, LOCAL_PTR const int* start,
                       LOCAL_PTR float* scratch) {
  float nextA[LOADS(ROWS * DEPTH(UNITS))];
  float nextW[LOADS(UNITS * DEPTH(UNITS))];
  const int item = LOCAL_ID(0) % ITEMS(columns);
  const int slice = LOCAL_ID(0) / ITEMS(columns);
  const int line = item / (columns / 4) * 4;
  const int column = item % (columns / 4) * 4;
  LOCAL_PTR const float* a = scratch + slice * K_EACH * PITCH(ROWS) + line;
  LOCAL_PTR const float* w = scratch + DEPTH(columns) * PITCH(ROWS) +
                             slice * K_EACH * PITCH(columns) + column;
  float4 sum[4];
  UNROLL
  for (int i = 0; i < 4; i++) sum[i] = F4_ALL(0);

  if (f.depth > 0) load_tiles(columns, down, f, start, 0, nextA, nextW);
  for (int k = 0; k < f.depth; k += DEPTH(columns)) {
    store_tiles(columns, down, scratch, nextA, nextW);
    BARRIER();
    if (k + DEPTH(columns) < f.depth) {
      load_tiles(columns, down, f, start, k + DEPTH(columns), nextA, nextW);
    }
    UNROLL
    for (int kk = 0; kk < K_EACH; kk++) {
      const float4 x = LOCAL_LOAD4(a + kk * PITCH(ROWS));
      const float4 y = LOCAL_LOAD4(w + kk * PITCH(columns));
      sum[0] = FMA4(F4_ALL(x.x), y, sum[0]);
      sum[1] = FMA4(F4_ALL(x.y), y, sum[1]);
      sum[2] = FMA4(F4_ALL(x.z), y, sum[2]);
      sum[3] = FMA4(F4_ALL(x.w), y, sum[3]);
    }
    BARRIER();
  }
  UNROLL
  for (int i = 0; i < 4; i++) {
    LOCAL_STORE4(scratch + ((slice * ROWS + line + i) * columns + column), sum[i]);
  }
  BARRIER();
}

DEVICE_FN float sum_slices(int columns, LOCAL_PTR const float* scratch, int line, int column) {
  float sum = 0;
  for (int s = 0; s < SLICES(columns); s++) sum += scratch[(s * ROWS + line) * columns + column];
  return sum;
}

DEVICE_FN int length_of(GLOBAL const int* lengths, int b, int steps) {
  return lengths != 0 ? lengths[b] : steps;
}

#define FIRST_ROW (GROUP_ID(1) * ROWS)
#define FIRST_UNIT (GROUP_ID(0) * UNITS)

// Where the hidden states lie that the step begins with: in h0, else in the step before's row of y.
DEVICE_FN void find_previous(LOCAL_PTR int* start, GLOBAL const int* lengths, int step, int steps,
                             int batch, int hidden, int stepRows, int batchRows, int reverse,
                             int width, int column, int stateAt) {
  for (int line = LOCAL_ID(0); line < ROWS; line += WG) {
    const int b = FIRST_ROW + line;
    const int length = b < batch ? length_of(lengths, b, steps) : 0;
    start[line] = step >= length ? -1
                  : step == 0    ? stateAt + b * hidden
                                 : rnn_row(step - 1, length, reverse, b, stepRows, batchRows) * width +
                                    column;
  }
  BARRIER();
}

// Where the gradients of the given step's products begin, in arrays of GATES * hidden columns.
DEVICE_FN void find_gates(LOCAL_PTR int* start, GLOBAL const int* lengths, int step, int steps,
                          int batch, int hidden, int stepRows, int batchRows, int reverse) {
  for (int line = LOCAL_ID(0); line < ROWS; line += WG) {
    const int b = FIRST_ROW + line;
    const int length = b < batch ? length_of(lengths, b, steps) : 0;
    start[line] = step >= length
                      ? -1
                      : rnn_row(step, length, reverse, b, stepRows, batchRows) * GATES * hidden;
  }
  BARRIER();
}

#if CELL != GRU_RESET_FIRST

// c: the running cell states, written from stateAt on; it is cn.
KERNEL(WG) rnn_forward_step(GLOBAL const float* x, GLOBAL const float* RESTRICT w,
                            GLOBAL const float* RESTRICT bias, GLOBAL const float* h0,
                            GLOBAL const float* c0, GLOBAL const int* RESTRICT lengths,
                            GLOBAL float* y, GLOBAL float* hn, GLOBAL float* c, GLOBAL float* gates,
                            GLOBAL float* previous, GLOBAL float* cells, GLOBAL float* products,
                            int step, int steps, int batch, int hidden, int stepRows, int batchRows,
                            int reverse, int width, int column, int stateAt, int relu) {
  LOCAL float scratch[SCRATCH(GATES * UNITS)];
  LOCAL int start[ROWS];
  find_previous(start, lengths, step, steps, batch, hidden, stepRows, batchRows, reverse, width,
                column, stateAt);
  Factors f;
  f.a = step == 0 ? h0 : y;
  f.w = w;
  f.depth = f.a != 0 ? hidden : 0;
  f.unit = FIRST_UNIT;
  f.hidden = hidden;
  product(GATES * UNITS, 0, f, start, scratch);

  for (int e = LOCAL_ID(0); e < ROWS * UNITS; e += WG) {
    const int line = e / UNITS, b = FIRST_ROW + line, unit = FIRST_UNIT + e % UNITS;
    if (b < batch && unit < hidden) {
      const int length = length_of(lengths, b, steps);
      const size_t row = rnn_row(step, length, reverse, b, stepRows, batchRows);
      const size_t state = stateAt + (size_t)b * hidden + unit;
      const int running = step < length;
      float gate[GATES], sum[GATES];
      float before = 0, cell = 0, h = 0;
      UNROLL
      for (int g = 0; g < GATES; g++) gate[g] = sum[g] = 0;
      if (running) {
        UNROLL
        for (int g = 0; g < GATES; g++) {
          gate[g] = x[(row * GATES + g) * hidden + unit];
          sum[g] = sum_slices(GATES * UNITS, scratch, line, g * UNITS + e % UNITS);
          if (bias != 0) sum[g] += bias[g * hidden + unit];
        }
        before = f.a != 0 ? f.a[start[line] + unit] : 0;
#if CELL == LSTM
        cell = step > 0 ? c[state] : c0 != 0 ? c0[state] : 0;
        if (gates != 0) cells[row * hidden + unit] = cell;
#endif
        h = rnn_forward(gate, sum, before, &cell, relu);
#if CELL == LSTM
        c[state] = cell;
#endif
        if (step == length - 1) hn[state] = h;
      }
      y[row * width + column + unit] = h;
      if (gates != 0) {
        UNROLL
        for (int g = 0; g < GATES; g++) gates[(row * GATES + g) * hidden + unit] = gate[g];
        previous[row * hidden + unit] = before;
#if CELL == LSTM
        if (!running) cells[row * hidden + unit] = 0;
#elif CELL == GRU
        products[row * hidden + unit] = sum[2];
#endif
      }
    }
  }
}

#else

// r, z and r h'. resets and updates [batch][hidden]: r h' and z, for rnn_forward_new.
KERNEL(WG) rnn_forward_reset(GLOBAL const float* x, GLOBAL const float* RESTRICT w,
                             GLOBAL const float* RESTRICT bias, GLOBAL const float* h0,
                             GLOBAL const int* RESTRICT lengths, GLOBAL const float* y,
                             GLOBAL float* gates, GLOBAL float* previous, GLOBAL float* products,
                             GLOBAL float* resets, GLOBAL float* updates, int step, int steps,
                             int batch, int hidden, int stepRows, int batchRows, int reverse,
                             int width, int column, int stateAt) {
  LOCAL float scratch[SCRATCH(2 * UNITS)];
  LOCAL int start[ROWS];
  find_previous(start, lengths, step, steps, batch, hidden, stepRows, batchRows, reverse, width,
                column, stateAt);
  Factors f;
  f.a = step == 0 ? h0 : y;
  f.w = w;
  f.depth = f.a != 0 ? hidden : 0;
  f.unit = FIRST_UNIT;
  f.hidden = hidden;
  product(2 * UNITS, 0, f, start, scratch);

  for (int e = LOCAL_ID(0); e < ROWS * UNITS; e += WG) {
    const int line = e / UNITS, b = FIRST_ROW + line, unit = FIRST_UNIT + e % UNITS;
    if (b < batch && unit < hidden) {
      const int length = length_of(lengths, b, steps);
      const size_t row = rnn_row(step, length, reverse, b, stepRows, batchRows);
      float gate[2], before = 0;
      gate[0] = gate[1] = 0;
      if (step < length) {
        UNROLL
        for (int g = 0; g < 2; g++) {
          float sum = x[(row * GATES + g) * hidden + unit] +
                      sum_slices(2 * UNITS, scratch, line, g * UNITS + e % UNITS);
          if (bias != 0) sum += bias[g * hidden + unit];
          gate[g] = rnn_sigmoid(sum);
        }
        before = f.a != 0 ? f.a[start[line] + unit] : 0;
      }
      resets[(size_t)b * hidden + unit] = gate[0] * before;
      updates[(size_t)b * hidden + unit] = gate[1];
      if (gates != 0) {
        gates[row * GATES * hidden + unit] = gate[0];
        gates[(row * GATES + 1) * hidden + unit] = gate[1];
        previous[row * hidden + unit] = before;
        products[row * hidden + unit] = gate[0] * before;
      }
    }
  }
}

// n and h
KERNEL(WG) rnn_forward_new(GLOBAL const float* x, GLOBAL const float* RESTRICT w,
                           GLOBAL const float* RESTRICT bias, GLOBAL const float* h0,
                           GLOBAL const int* RESTRICT lengths, GLOBAL float* y, GLOBAL float* hn,
                           GLOBAL float* gates, GLOBAL const float* resets,
                           GLOBAL const float* updates, int step, int steps, int batch, int hidden,
                           int stepRows, int batchRows, int reverse, int width, int column,
                           int stateAt) {
  LOCAL float scratch[SCRATCH(UNITS)];
  LOCAL int start[ROWS];
  for (int line = LOCAL_ID(0); line < ROWS; line += WG) {
    start[line] = FIRST_ROW + line < batch ? (FIRST_ROW + line) * hidden : -1;
  }
  BARRIER();
  GLOBAL const float* from = step == 0 ? h0 : y;
  Factors f;
  f.a = resets;
  f.w = w + (size_t)2 * hidden * hidden;
  f.depth = from != 0 ? hidden : 0;
  f.unit = FIRST_UNIT;
  f.hidden = hidden;
  product(UNITS, 0, f, start, scratch);

  for (int e = LOCAL_ID(0); e < ROWS * UNITS; e += WG) {
    const int line = e / UNITS, b = FIRST_ROW + line, unit = FIRST_UNIT + e % UNITS;
    if (b < batch && unit < hidden) {
      const int length = length_of(lengths, b, steps);
      const size_t row = rnn_row(step, length, reverse, b, stepRows, batchRows);
      const size_t state = stateAt + (size_t)b * hidden + unit;
      float n = 0, h = 0;
      if (step < length) {
        const size_t last = rnn_row(step - 1, length, reverse, b, stepRows, batchRows);
        const float before =
            from == 0 ? 0 : from[step == 0 ? state : last * width + column + unit];
        const float z = updates[(size_t)b * hidden + unit];
        float sum = sum_slices(UNITS, scratch, line, e % UNITS);
        if (bias != 0) sum += bias[2 * hidden + unit];
        n = TANH(x[(row * GATES + 2) * hidden + unit] + sum);
        h = rnn_mixed(z, n, before);
        if (step == length - 1) hn[state] = h;
      }
      y[row * width + column + unit] = h;
      if (gates != 0) gates[(row * GATES + 2) * hidden + unit] = n;
    }
  }
}

#endif

// dh of the step from dy, from dproduct of the step after and its carry, or from dhn; then dx. later:
// dproduct, where cells have one, or dx. carry [batch][hidden], GRUs only: what goes back by no
// product. dc [batch][hidden], LSTM only: dc'. Step -1 makes dh0 and dc0 instead.
KERNEL(WG) rnn_backward_step(GLOBAL const float* gates, GLOBAL const float* previous,
                             GLOBAL const float* cells, GLOBAL const float* products,
                             GLOBAL const float* RESTRICT w, GLOBAL const int* RESTRICT lengths,
                             GLOBAL const float* dy, GLOBAL const float* dhn,
                             GLOBAL const float* dcn, GLOBAL float* dx, GLOBAL float* dproduct,
                             GLOBAL float* dh0, GLOBAL float* dc0, GLOBAL float* carry,
                             GLOBAL float* dc, int step, int steps, int batch, int hidden,
                             int stepRows, int batchRows, int reverse, int width, int column,
                             int stateAt, int relu) {
  LOCAL float scratch[SCRATCH(UNITS)];
  LOCAL int start[ROWS];
  find_gates(start, lengths, step + 1, steps, batch, hidden, stepRows, batchRows, reverse);
  Factors f;
  f.a = CELL == GRU ? dproduct : dx;
  f.w = w;
  f.depth = step + 1 < steps ? TOGETHER * hidden : 0;
  f.unit = FIRST_UNIT;
  f.hidden = hidden;
  product(UNITS, 1, f, start, scratch);

  for (int e = LOCAL_ID(0); e < ROWS * UNITS; e += WG) {
    const int line = e / UNITS, b = FIRST_ROW + line, unit = FIRST_UNIT + e % UNITS;
    if (b < batch && unit < hidden) {
      const int length = length_of(lengths, b, steps);
      const size_t here = (size_t)b * hidden + unit;
      const size_t state = stateAt + here;
      float d[GATES], dh = 0, dcell = 0;
      UNROLL
      for (int g = 0; g < GATES; g++) d[g] = 0;
      if (step < length - 1) {
        dh = sum_slices(UNITS, scratch, line, e % UNITS);
        if (carry != 0) dh += carry[here];
        if (dc != 0) dcell = dc[here];
      } else if (step == length - 1) {
        if (dhn != 0) dh = dhn[state];
        if (dcn != 0) dcell = dcn[state];
      }
      if (step < 0) {
        if (dh0 != 0) dh0[state] = dh;
        if (dc0 != 0) dc0[state] = dcell;
      } else {
        const size_t row = rnn_row(step, length, reverse, b, stepRows, batchRows);
        if (step < length) {
          if (dy != 0) dh += dy[row * width + column + unit];
          float gate[GATES];
          UNROLL
          for (int g = 0; g < GATES; g++) gate[g] = gates[(row * GATES + g) * hidden + unit];
          float before = 0, kept = 0;
#if CELL == LSTM
          before = cells[row * hidden + unit];
#elif CELL != RNN
          before = previous[row * hidden + unit];
          if (CELL == GRU) kept = products[row * hidden + unit];
#endif
          const float rest = rnn_backward(d, gate, dh, before, kept, &dcell, relu);
#if CELL == GRU
          dproduct[(row * GATES + 2) * hidden + unit] = d[2] * gate[0];
#endif
          if (carry != 0) carry[here] = rest;
          if (dc != 0) dc[here] = dcell;
        }
        UNROLL
        for (int g = CELL == GRU_RESET_FIRST; g < GATES; g++) {
          dx[(row * GATES + g) * hidden + unit] = d[g];
        }
#if CELL == GRU
        dproduct[row * GATES * hidden + unit] = d[0];
        dproduct[(row * GATES + 1) * hidden + unit] = d[1];
        if (step >= length) dproduct[(row * GATES + 2) * hidden + unit] = 0;
#endif
      }
    }
  }
}

#if CELL == GRU_RESET_FIRST

// dx of r, and what r h' hands back to h', from dx of n of all units.
KERNEL(WG) rnn_backward_reset(GLOBAL const float* gates, GLOBAL const float* previous,
                              GLOBAL const float* RESTRICT w, GLOBAL const int* RESTRICT lengths,
                              GLOBAL float* dx, GLOBAL float* carry, int step, int steps, int batch,
                              int hidden, int stepRows, int batchRows, int reverse) {
  LOCAL float scratch[SCRATCH(UNITS)];
  LOCAL int start[ROWS];
  find_gates(start, lengths, step, steps, batch, hidden, stepRows, batchRows, reverse);
  Factors f;
  f.a = dx + 2 * hidden;
  f.w = w + (size_t)2 * hidden * hidden;
  f.depth = hidden;
  f.unit = FIRST_UNIT;
  f.hidden = hidden;
  product(UNITS, 1, f, start, scratch);

  for (int e = LOCAL_ID(0); e < ROWS * UNITS; e += WG) {
    const int line = e / UNITS, b = FIRST_ROW + line, unit = FIRST_UNIT + e % UNITS;
    if (b < batch && unit < hidden) {
      const int length = length_of(lengths, b, steps);
      const size_t row = rnn_row(step, length, reverse, b, stepRows, batchRows);
      float d = 0;
      if (step < length) {
        const float dreset = sum_slices(UNITS, scratch, line, e % UNITS);
        const float r = gates[row * GATES * hidden + unit];
        carry[(size_t)b * hidden + unit] += dreset * r;
        d = rnn_reset_gradient(dreset, r, previous[row * hidden + unit]);
      }
      dx[row * GATES * hidden + unit] = d;
    }
  }
}

#endif
