// rnn_cpu — all steps of a recurrent layer in one launch, for CPUs behind OpenCL
//
//   The arrays and the cells are those of rnn.h. A group is one work-item and has some sequences from
//   their first step to their last: no barrier, and one launch, which on a CPU costs more than the
//   steps of a small net. Vectors run along the units, explicitly.
//
//   1. rnn_cpu_pack lays the weights out for that, each gate's units padded to whole vectors, which
//      are pitch floats, with zeros:
//
//          forward    [hidden][GATES * pitch]     w turned
//          backward   [GATES * pitch][pitch]      w as it is
//
//   2. rnn_cpu_forward, rnn_cpu_backward: a step is the product of the states, or of the gradients of
//      the step after, with these, LINES sequences and VECTORS vectors at a time in registers, and
//      then the cells. What a sequence carries along lies in scratch:
//
//          forward    h'      c'   r h'   sums [GATES]       a pitch each
//          backward   carry   dc'  dh'    gradients [GATES]
//
// Launch   one work-item a group, WG = 1: rnn_cpu_pack one for each row, the others for each rows
//          sequences
// Order    k ascending: the same bits on every run
// Tunable  CELL             see rnn.h
//          LANES            floats in a vector, 16 or 8
//          LINES, VECTORS   LINES * VECTORS + VECTORS + 1 vectors want registers

#include "rnn.h"
#include "wide.h"

#define PITCH(hidden) (((hidden) + LANES - 1) / LANES * LANES)
#define ZERO ((WIDE)(0.0f))

#if CELL == GRU_RESET_FIRST
#define TOGETHER 2
#else
#define TOGETHER GATES
#endif

// Groups: rows of what is written.
KERNEL(WG) rnn_cpu_pack(GLOBAL const float* RESTRICT w, GLOBAL float* RESTRICT packed, int hidden,
                        int turned) {
  const int pitch = PITCH(hidden);
  const int row = GROUP_ID(0);
  if (turned) {
    for (int g = 0; g < GATES; g++) {
      GLOBAL float* to = packed + ((size_t)row * GATES + g) * pitch;
      for (int u = 0; u < hidden; u++) to[u] = w[(size_t)(g * hidden + u) * hidden + row];
      for (int u = hidden; u < pitch; u++) to[u] = 0;
    }
  } else {
    const int inside = row % pitch < hidden;
    GLOBAL const float* from = w + (size_t)(row / pitch * hidden + row % pitch) * hidden;
    GLOBAL float* to = packed + (size_t)row * pitch;
    for (int u = 0; u < pitch; u++) to[u] = inside && u < hidden ? from[u] : 0;
  }
}

// The sums over k of x[line][k] * p[k], for lines that lie apart and for vectors beside each other.
#define PRODUCT(name, lines, vectors)                                                           \
  DEVICE_FN void name(GLOBAL const float* x, GLOBAL const float* p, int pitch, int depth,       \
                      GLOBAL float* to, int apart) {                                            \
    WIDE sum[lines][vectors];                                                                   \
    UNROLL for (int r = 0; r < lines; r++) {                                                    \
      UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = ZERO;                                \
    }                                                                                           \
    for (int k = 0; k < depth; k++, p += pitch) {                                               \
      WIDE at[vectors];                                                                         \
      UNROLL for (int v = 0; v < vectors; v++) at[v] = LOAD_WIDE(p + v * LANES);                \
      UNROLL for (int r = 0; r < lines; r++) {                                                  \
        const WIDE each = (WIDE)(x[(size_t)r * apart + k]);                                     \
        UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = fma(each, at[v], sum[r][v]);       \
      }                                                                                         \
    }                                                                                           \
    UNROLL for (int r = 0; r < lines; r++) {                                                    \
      UNROLL for (int v = 0; v < vectors; v++) {                                                \
        STORE_WIDE(to + (size_t)r * apart + v * LANES, sum[r][v]);                              \
      }                                                                                         \
    }                                                                                           \
  }

PRODUCT(product_block, LINES, VECTORS)
PRODUCT(product_column, LINES, 1)
PRODUCT(product_line, 1, VECTORS)
PRODUCT(product_one, 1, 1)

// to[line][columns] = x[line][depth] · p[depth][columns], of rows pitch apart; x and to are apart.
DEVICE_FN void multiply(GLOBAL const float* x, GLOBAL const float* p, int pitch, int depth,
                        int columns, GLOBAL float* to, int apart, int lines) {
  int c = 0;
  for (; c + VECTORS * LANES <= columns; c += VECTORS * LANES) {
    int r = 0;
    for (; r + LINES <= lines; r += LINES) {
      product_block(x + (size_t)r * apart, p + c, pitch, depth, to + (size_t)r * apart + c, apart);
    }
    for (; r < lines; r++) {
      product_line(x + (size_t)r * apart, p + c, pitch, depth, to + (size_t)r * apart + c, apart);
    }
  }
  for (; c < columns; c += LANES) {
    int r = 0;
    for (; r + LINES <= lines; r += LINES) {
      product_column(x + (size_t)r * apart, p + c, pitch, depth, to + (size_t)r * apart + c, apart);
    }
    for (; r < lines; r++) {
      product_one(x + (size_t)r * apart, p + c, pitch, depth, to + (size_t)r * apart + c, apart);
    }
  }
}

DEVICE_FN WIDE wide_sigmoid(WIDE x) { return 1.0f / (1.0f + exp(-x)); }

DEVICE_FN void store_zeros(GLOBAL float* p, int count) {
  for (int i = 0; i < count; i++) p[i] = 0;
}

KERNEL(WG) rnn_cpu_forward(GLOBAL const float* x, GLOBAL const float* RESTRICT packed,
                           GLOBAL const float* RESTRICT bias, GLOBAL const float* RESTRICT h0,
                           GLOBAL const float* RESTRICT c0, GLOBAL const int* RESTRICT lengths,
                           GLOBAL float* RESTRICT y, GLOBAL float* RESTRICT hn,
                           GLOBAL float* RESTRICT cn, GLOBAL float* gates,
                           GLOBAL float* RESTRICT previous, GLOBAL float* RESTRICT cells,
                           GLOBAL float* RESTRICT products, GLOBAL float* scratch, int rows,
                           int steps, int batch, int hidden, int stepRows, int batchRows,
                           int reverse, int width, int column, int stateAt, int relu) {
  const int pitch = PITCH(hidden);
  const int apart = (GATES + 3) * pitch;
  const int first = GROUP_ID(0) * rows;
  const int lines = IMIN(rows, batch - first);
  scratch += (size_t)first * apart;
  GLOBAL float* states = scratch;
  GLOBAL float* running = scratch + pitch;
  GLOBAL float* resets = scratch + 2 * pitch;
  GLOBAL float* sums = scratch + 3 * pitch;

  for (int line = 0; line < lines; line++) {
    const size_t state = stateAt + (size_t)(first + line) * hidden;
    for (int u = 0; u < pitch; u++) {
      states[(size_t)line * apart + u] = h0 != 0 && u < hidden ? h0[state + u] : 0;
      running[(size_t)line * apart + u] = c0 != 0 && u < hidden ? c0[state + u] : 0;
      resets[(size_t)line * apart + u] = 0;
    }
  }

  for (int step = 0; step < steps; step++) {
    multiply(states, packed, GATES * pitch, hidden, TOGETHER * pitch, sums, apart, lines);
#if CELL == GRU_RESET_FIRST
    for (int line = 0; line < lines; line++) {
      const int b = first + line;
      const int length = lengths != 0 ? lengths[b] : steps;
      GLOBAL float* sum = sums + (size_t)line * apart;
      GLOBAL const float* in =
          x + (size_t)rnn_row(step, length, reverse, b, stepRows, batchRows) * GATES * hidden;
      for (int u = 0; step < length && u < hidden; u += LANES) {
        const int room = hidden - u;
        WIDE r = load_lanes(in + u, room) + LOAD_WIDE(sum + u);
        WIDE z = load_lanes(in + hidden + u, room) + LOAD_WIDE(sum + pitch + u);
        if (bias != 0) {
          r += load_lanes(bias + u, room);
          z += load_lanes(bias + hidden + u, room);
        }
        r = wide_sigmoid(r);
        STORE_WIDE(sum + u, r);
        STORE_WIDE(sum + pitch + u, wide_sigmoid(z));
        STORE_WIDE(resets + (size_t)line * apart + u,
                   r * LOAD_WIDE(states + (size_t)line * apart + u));
      }
    }
    multiply(resets, packed + 2 * pitch, GATES * pitch, hidden, pitch, sums + 2 * pitch, apart,
             lines);
#endif

    for (int line = 0; line < lines; line++) {
      const int b = first + line;
      const int length = lengths != 0 ? lengths[b] : steps;
      const size_t row = rnn_row(step, length, reverse, b, stepRows, batchRows);
      GLOBAL float* out = y + row * width + column;
      if (step < length) {
        GLOBAL const float* in = x + row * GATES * hidden;
        for (int u = 0; u < hidden; u += LANES) {
          const int room = hidden - u;
          GLOBAL float* state = states + (size_t)line * apart + u;
          WIDE gate[GATES], sum[GATES];
          UNROLL
          for (int g = 0; g < GATES; g++) {
            sum[g] = LOAD_WIDE(sums + (size_t)line * apart + g * pitch + u);
            if (bias != 0) sum[g] += load_lanes(bias + g * hidden + u, room);
            gate[g] = load_lanes(in + g * hidden + u, room);
          }
          const WIDE before = LOAD_WIDE(state);
#if CELL == RNN
          gate[0] += sum[0];
          gate[0] = relu ? (gate[0] < ZERO ? ZERO : gate[0]) : tanh(gate[0]);
          const WIDE h = gate[0];
#elif CELL == LSTM
          GLOBAL float* cell = running + (size_t)line * apart + u;
          const WIDE cellBefore = LOAD_WIDE(cell);
          gate[0] = wide_sigmoid(gate[0] + sum[0]);
          gate[1] = wide_sigmoid(gate[1] + sum[1]);
          gate[2] = tanh(gate[2] + sum[2]);
          gate[3] = wide_sigmoid(gate[3] + sum[3]);
          const WIDE c = gate[1] * cellBefore + gate[0] * gate[2];
          const WIDE h = gate[3] * tanh(c);
          STORE_WIDE(cell, c);
          if (gates != 0) store_lanes(cells + row * hidden + u, cellBefore, room);
#elif CELL == GRU
          gate[0] = wide_sigmoid(gate[0] + sum[0]);
          gate[1] = wide_sigmoid(gate[1] + sum[1]);
          gate[2] = tanh(gate[2] + gate[0] * sum[2]);
          const WIDE h = (1.0f - gate[1]) * gate[2] + gate[1] * before;
          if (gates != 0) store_lanes(products + row * hidden + u, sum[2], room);
#else
          gate[0] = LOAD_WIDE(sums + (size_t)line * apart + u);
          gate[1] = LOAD_WIDE(sums + (size_t)line * apart + pitch + u);
          gate[2] = tanh(gate[2] + sum[2]);
          const WIDE h = (1.0f - gate[1]) * gate[2] + gate[1] * before;
          if (gates != 0) store_lanes(products + row * hidden + u, gate[0] * before, room);
#endif
          STORE_WIDE(state, h);
          store_lanes(out + u, h, room);
          if (gates != 0) {
            UNROLL
            for (int g = 0; g < GATES; g++) {
              store_lanes(gates + (row * GATES + g) * hidden + u, gate[g], room);
            }
            store_lanes(previous + row * hidden + u, before, room);
          }
        }
      } else {
        store_zeros(out, hidden);
        if (gates != 0) {
          store_zeros(gates + row * GATES * hidden, GATES * hidden);
          store_zeros(previous + row * hidden, hidden);
          if (CELL == LSTM) store_zeros(cells + row * hidden, hidden);
          if (GATES == 3) store_zeros(products + row * hidden, hidden);
        }
      }
    }
  }

  for (int line = 0; line < lines; line++) {
    const size_t state = stateAt + (size_t)(first + line) * hidden;
    for (int u = 0; u < hidden; u++) {
      hn[state + u] = states[(size_t)line * apart + u];
      if (CELL == LSTM) cn[state + u] = running[(size_t)line * apart + u];
    }
  }
}

KERNEL(WG) rnn_cpu_backward(GLOBAL const float* RESTRICT gates, GLOBAL const float* RESTRICT previous,
                            GLOBAL const float* RESTRICT cells,
                            GLOBAL const float* RESTRICT products,
                            GLOBAL const float* RESTRICT packed,
                            GLOBAL const int* RESTRICT lengths, GLOBAL const float* RESTRICT dy,
                            GLOBAL const float* RESTRICT dhn, GLOBAL const float* RESTRICT dcn,
                            GLOBAL float* RESTRICT dx, GLOBAL float* RESTRICT dproduct,
                            GLOBAL float* RESTRICT dh0, GLOBAL float* RESTRICT dc0,
                            GLOBAL float* scratch, int rows, int steps, int batch, int hidden,
                            int stepRows, int batchRows, int reverse, int width, int column,
                            int stateAt, int relu) {
  const int pitch = PITCH(hidden);
  const int apart = (GATES + 3) * pitch;
  const int first = GROUP_ID(0) * rows;
  const int lines = IMIN(rows, batch - first);
  scratch += (size_t)first * apart;
  GLOBAL float* carries = scratch;
  GLOBAL float* running = scratch + pitch;
  GLOBAL float* sums = scratch + 2 * pitch;
  GLOBAL float* back = scratch + 3 * pitch;

  for (int line = 0; line < lines; line++) {
    const size_t state = stateAt + (size_t)(first + line) * hidden;
    for (int u = 0; u < pitch; u++) {
      carries[(size_t)line * apart + u] = dhn != 0 && u < hidden ? dhn[state + u] : 0;
      running[(size_t)line * apart + u] = dcn != 0 && u < hidden ? dcn[state + u] : 0;
      sums[(size_t)line * apart + u] = 0;
    }
    store_zeros(back + (size_t)line * apart, GATES * pitch);
  }

  for (int step = steps - 1; step >= 0; step--) {
    for (int line = 0; line < lines; line++) {
      const int b = first + line;
      const int length = lengths != 0 ? lengths[b] : steps;
      const size_t row = rnn_row(step, length, reverse, b, stepRows, batchRows);
      for (int u = 0; step < length && u < hidden; u += LANES) {
        const int room = hidden - u;
        GLOBAL float* carry = carries + (size_t)line * apart + u;
        WIDE gate[GATES], d[GATES];
        UNROLL
        for (int g = 0; g < GATES; g++) {
          gate[g] = load_lanes(gates + (row * GATES + g) * hidden + u, room);
        }
        WIDE dh = LOAD_WIDE(carry) + LOAD_WIDE(sums + (size_t)line * apart + u);
        if (dy != 0) dh += load_lanes(dy + row * width + column + u, room);
#if CELL == RNN
        d[0] = relu ? (gate[0] > ZERO ? dh : ZERO) : dh * (1.0f - gate[0] * gate[0]);
        STORE_WIDE(carry, ZERO);
#elif CELL == LSTM
        GLOBAL float* cell = running + (size_t)line * apart + u;
        const WIDE before = load_lanes(cells + row * hidden + u, room);
        const WIDE top = tanh(gate[1] * before + gate[0] * gate[2]);
        const WIDE dc = LOAD_WIDE(cell) + dh * gate[3] * (1.0f - top * top);
        d[0] = dc * gate[2] * (gate[0] * (1.0f - gate[0]));
        d[1] = dc * before * (gate[1] * (1.0f - gate[1]));
        d[2] = dc * gate[0] * (1.0f - gate[2] * gate[2]);
        d[3] = dh * top * (gate[3] * (1.0f - gate[3]));
        STORE_WIDE(cell, dc * gate[1]);
        STORE_WIDE(carry, ZERO);
#else
        const WIDE before = load_lanes(previous + row * hidden + u, room);
        d[1] = dh * (before - gate[2]) * (gate[1] * (1.0f - gate[1]));
        d[2] = dh * (1.0f - gate[1]) * (1.0f - gate[2] * gate[2]);
        STORE_WIDE(carry, dh * gate[1]);
#if CELL == GRU
        const WIDE kept = load_lanes(products + row * hidden + u, room);
        d[0] = d[2] * kept * (gate[0] * (1.0f - gate[0]));
#else
        d[0] = ZERO;  // made below
#endif
#endif
        UNROLL
        for (int g = 0; g < GATES; g++) {
          store_lanes(dx + (row * GATES + g) * hidden + u, d[g], room);
#if CELL == GRU
          if (g == 2) d[2] *= gate[0];
          store_lanes(dproduct + (row * GATES + g) * hidden + u, d[g], room);
#endif
          STORE_WIDE(back + (size_t)line * apart + g * pitch + u, d[g]);
        }
      }
      if (step >= length) {
        store_zeros(dx + row * GATES * hidden, GATES * hidden);
        if (CELL == GRU) store_zeros(dproduct + row * GATES * hidden, GATES * hidden);
      }
    }

#if CELL == GRU_RESET_FIRST
    multiply(back + 2 * pitch, packed + (size_t)2 * pitch * pitch, pitch, pitch, pitch, sums, apart,
             lines);
    for (int line = 0; line < lines; line++) {
      const int b = first + line;
      const int length = lengths != 0 ? lengths[b] : steps;
      const size_t row = rnn_row(step, length, reverse, b, stepRows, batchRows);
      for (int u = 0; step < length && u < hidden; u += LANES) {
        const int room = hidden - u;
        GLOBAL float* carry = carries + (size_t)line * apart + u;
        const WIDE dreset = LOAD_WIDE(sums + (size_t)line * apart + u);
        const WIDE r = load_lanes(gates + row * GATES * hidden + u, room);
        const WIDE before = load_lanes(previous + row * hidden + u, room);
        const WIDE d = dreset * before * (r * (1.0f - r));
        STORE_WIDE(carry, LOAD_WIDE(carry) + dreset * r);
        STORE_WIDE(back + (size_t)line * apart + u, d);
        store_lanes(dx + row * GATES * hidden + u, d, room);
      }
    }
#endif
    multiply(back, packed, pitch, TOGETHER * pitch, pitch, sums, apart, lines);
  }

  for (int line = 0; line < lines; line++) {
    const size_t state = stateAt + (size_t)(first + line) * hidden;
    const size_t at = (size_t)line * apart;
    for (int u = 0; u < hidden; u++) {
      if (dh0 != 0) dh0[state + u] = carries[at + u] + sums[at + u];
      if (dc0 != 0) dc0[state + u] = running[at + u];
    }
  }
}
