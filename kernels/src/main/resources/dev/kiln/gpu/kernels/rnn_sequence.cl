// rnn_sequence — all steps of a recurrent layer in one launch, the recurrent weights in registers
//
//   The arrays and the cells are those of rnn.h. For hidden sizes up to UNITS.
//
// A group has some of the sequences, at most ROWS, from their first step to their last. Each of its
// work-items keeps UNITS weights for good: of gate g and unit u, with zeros beyond the hidden size,
//
//   forward     row g * hidden + u of w: the sum over them times h' is its gate's product
//   backward    rows g * hidden .. of column u: the sum over them times the gate's gradients is the
//               gate's part of dh'
//
//            h' or gradients, in local memory, read by all at once
//         [ . . . . . . . . ]
//           x x x x x x x x       UNITS weights in registers
//         item (g, u) -> sums     in local memory, from which item (g, u) then computes the cell of
//                                 unit u of the sequences g, g + GATES, ...
//
// So a step costs two barriers (for GRU_RESET_FIRST four, since n wants r h' of all units) and no
// memory but its own inputs and results, which are asked for before the product and used after it.
//
// Launch   a group for each rows sequences; rows <= ROWS
// Local    ROWS * (WG + UNITS) floats forward, ROWS * 2 * WG backward
// Order    sums by k modulo 4, then their sum, then gate by gate: the same bits on every run
// Tunable  CELL                see rnn.h
//          UNITS               the largest hidden size, a multiple of 4
//          ROWS                the most sequences of a group
//          WG = GATES * UNITS
//
// What ptxas 13.0 makes of them for sm_75 to sm_120, the larger of forward and backward; nothing
// spills, and registers are what bounds the groups of a multiprocessor that has 65536:
//
//   UNITS       32            64             96 or 112      128            192
//   RNN                       126, 8 groups                 244, 2 groups  254, 1 group
//   LSTM        80, 6 groups  128, 2 groups  164, 1 group
//   GRU         80, 8 groups  142, 2 groups                 168, 1 group
//   reset first               136, 2 groups  168, 1 group

#include "rnn.h"

#define PAIRS ((ROWS + GATES - 1) / GATES)  // sequences whose cells of one unit an item computes

#if WG != GATES * UNITS
#error "a work-item for each gate of each unit"
#endif

DEVICE_FN float dot(const float4* weight, LOCAL_PTR const float* x) {
  float4 sum = F4_ALL(0);
  UNROLL
  for (int k = 0; k < UNITS / 4; k++) sum = FMA4(weight[k], LOCAL_LOAD4(x + 4 * k), sum);
  return (sum.x + sum.y) + (sum.z + sum.w);
}

// UNITS weights that lie stride apart, of which there are hidden.
DEVICE_FN void load_weights(float4* weight, GLOBAL const float* from, int stride, int hidden) {
  UNROLL
  for (int k = 0; k < UNITS; k += 4) {
    weight[k / 4] = F4(k < hidden ? from[k * stride] : 0, k + 1 < hidden ? from[(k + 1) * stride] : 0,
                       k + 2 < hidden ? from[(k + 2) * stride] : 0,
                       k + 3 < hidden ? from[(k + 3) * stride] : 0);
  }
}

// The sequences whose cells of its unit an item computes: b, counted from the first of the launch,
// and the length, 0 where there is none.
DEVICE_FN int pair_line(int i) { return LOCAL_ID(0) / UNITS + i * GATES; }

DEVICE_FN int pair_length(GLOBAL const int* lengths, int line, int rows, int steps, int batch,
                          int hidden) {
  const int b = GROUP_ID(0) * rows + line;
  if (line >= rows || b >= batch || LOCAL_ID(0) % UNITS >= hidden) return 0;
  return lengths != 0 ? lengths[b] : steps;
}

KERNEL(WG) rnn_forward_sequence(GLOBAL const float* x, GLOBAL const float* RESTRICT w,
                                GLOBAL const float* RESTRICT bias, GLOBAL const float* RESTRICT h0,
                                GLOBAL const float* RESTRICT c0, GLOBAL const int* RESTRICT lengths,
                                GLOBAL float* RESTRICT y, GLOBAL float* RESTRICT hn,
                                GLOBAL float* RESTRICT cn, GLOBAL float* gates,
                                GLOBAL float* RESTRICT previous, GLOBAL float* RESTRICT cells,
                                GLOBAL float* RESTRICT products, int rows, int steps, int batch,
                                int hidden, int stepRows, int batchRows, int reverse, int width,
                                int column, int stateAt, int relu) {
  LOCAL float states[ROWS][UNITS];
  LOCAL float sums[ROWS][WG];
#if CELL == GRU_RESET_FIRST
  LOCAL float resets[ROWS][UNITS];
#endif
  const int own = LOCAL_ID(0) / UNITS, unit = LOCAL_ID(0) % UNITS;
  float4 weight[UNITS / 4];
  load_weights(weight, w + (size_t)(own * hidden + unit) * hidden, 1, unit < hidden ? hidden : 0);
  const float ownBias = bias != 0 && unit < hidden ? bias[own * hidden + unit] : 0;

  int length[PAIRS];
  float cell[PAIRS];
  UNROLL
  for (int i = 0; i < PAIRS; i++) {
    const int line = pair_line(i);
    const size_t state = stateAt + (size_t)(GROUP_ID(0) * rows + line) * hidden + unit;
    length[i] = pair_length(lengths, line, rows, steps, batch, hidden);
    cell[i] = CELL == LSTM && length[i] > 0 && c0 != 0 ? c0[state] : 0;
    if (line < ROWS) {
      states[line][unit] = length[i] > 0 && h0 != 0 ? h0[state] : 0;
#if CELL == GRU_RESET_FIRST
      resets[line][unit] = 0;
#endif
    }
  }
  BARRIER();

  for (int step = 0; step < steps; step++) {
    float gate[PAIRS][GATES], product[PAIRS][GATES];
    UNROLL
    for (int i = 0; i < PAIRS; i++) {
      const int b = GROUP_ID(0) * rows + pair_line(i);
      const size_t row = rnn_row(step, length[i], reverse, b, stepRows, batchRows);
      UNROLL
      for (int g = 0; g < GATES; g++) {
        gate[i][g] = step < length[i] ? x[(row * GATES + g) * hidden + unit] : 0;
        product[i][g] = 0;
      }
    }
#if CELL == GRU_RESET_FIRST
    if (own < 2) {
      for (int line = 0; line < rows; line++) {
        sums[line][LOCAL_ID(0)] = dot(weight, states[line]) + ownBias;
      }
    }
    BARRIER();
    UNROLL
    for (int i = 0; i < PAIRS; i++) {
      const int line = pair_line(i);
      if (step < length[i]) {
        resets[line][unit] = rnn_sigmoid(gate[i][0] + sums[line][unit]) * states[line][unit];
      }
    }
    BARRIER();
    if (own == 2) {
      for (int line = 0; line < rows; line++) {
        sums[line][LOCAL_ID(0)] = dot(weight, resets[line]) + ownBias;
      }
    }
#else
    for (int line = 0; line < rows; line++) {
      sums[line][LOCAL_ID(0)] = dot(weight, states[line]) + ownBias;
    }
#endif
    BARRIER();

    UNROLL
    for (int i = 0; i < PAIRS; i++) {
      const int line = pair_line(i);
      const int b = GROUP_ID(0) * rows + line;
      if (length[i] > 0) {
        const size_t row = rnn_row(step, length[i], reverse, b, stepRows, batchRows);
        float before = 0, cellBefore = 0, h = 0;
        if (step < length[i]) {
          UNROLL
          for (int g = 0; g < GATES; g++) product[i][g] = sums[line][g * UNITS + unit];
          before = states[line][unit];
          cellBefore = cell[i];
          h = rnn_forward(gate[i], product[i], before, cell + i, relu);
          states[line][unit] = h;
          if (step == length[i] - 1) {
            const size_t state = stateAt + (size_t)b * hidden + unit;
            hn[state] = h;
            if (CELL == LSTM) cn[state] = cell[i];
          }
        }
        y[row * width + column + unit] = h;
        if (gates != 0) {
          UNROLL
          for (int g = 0; g < GATES; g++) gates[(row * GATES + g) * hidden + unit] = gate[i][g];
          previous[row * hidden + unit] = before;
          if (CELL == LSTM) cells[row * hidden + unit] = cellBefore;
          if (CELL == GRU) products[row * hidden + unit] = product[i][GATES - 1];
          if (CELL == GRU_RESET_FIRST) products[row * hidden + unit] = gate[i][0] * before;
        }
      }
    }
    BARRIER();
  }
}

// The part of dh' that the last products make.
DEVICE_FN float sum_gates(LOCAL_PTR const float* sums) {
  float sum = 0;
  UNROLL
  for (int g = 0; g < (CELL == GRU_RESET_FIRST ? 2 : GATES); g++) sum += sums[g * UNITS];
  return sum;
}

KERNEL(WG) rnn_backward_sequence(GLOBAL const float* RESTRICT gates,
                                 GLOBAL const float* RESTRICT previous,
                                 GLOBAL const float* RESTRICT cells,
                                 GLOBAL const float* RESTRICT products,
                                 GLOBAL const float* RESTRICT w, GLOBAL const int* RESTRICT lengths,
                                 GLOBAL const float* RESTRICT dy, GLOBAL const float* RESTRICT dhn,
                                 GLOBAL const float* RESTRICT dcn, GLOBAL float* RESTRICT dx,
                                 GLOBAL float* RESTRICT dproduct, GLOBAL float* RESTRICT dh0,
                                 GLOBAL float* RESTRICT dc0, int rows, int steps, int batch,
                                 int hidden, int stepRows, int batchRows, int reverse, int width,
                                 int column, int stateAt, int relu) {
  LOCAL float back[ROWS][WG];  // the gradients of the products of the step after
  LOCAL float sums[ROWS][WG];
  const int own = LOCAL_ID(0) / UNITS, unit = LOCAL_ID(0) % UNITS;
  float4 weight[UNITS / 4];
  load_weights(weight, w + (size_t)own * hidden * hidden + unit, hidden,
               unit < hidden ? hidden : 0);

  int length[PAIRS];
  float carry[PAIRS], dcell[PAIRS];
  UNROLL
  for (int i = 0; i < PAIRS; i++) {
    const int line = pair_line(i);
    const size_t state = stateAt + (size_t)(GROUP_ID(0) * rows + line) * hidden + unit;
    length[i] = pair_length(lengths, line, rows, steps, batch, hidden);
    carry[i] = length[i] > 0 && dhn != 0 ? dhn[state] : 0;
    dcell[i] = length[i] > 0 && dcn != 0 ? dcn[state] : 0;
  }
  for (int line = 0; line < ROWS; line++) back[line][LOCAL_ID(0)] = 0;
  BARRIER();

  for (int step = steps - 1; step >= -1; step--) {
    float gate[PAIRS][GATES], before[PAIRS], product[PAIRS], up[PAIRS];
    UNROLL
    for (int i = 0; i < PAIRS; i++) {
      const int b = GROUP_ID(0) * rows + pair_line(i);
      const size_t row = rnn_row(step, length[i], reverse, b, stepRows, batchRows);
      const int running = step >= 0 && step < length[i];
      UNROLL
      for (int g = 0; g < GATES; g++) {
        gate[i][g] = running ? gates[(row * GATES + g) * hidden + unit] : 0;
      }
      before[i] = CELL == RNN || !running ? 0
                  : CELL == LSTM          ? cells[row * hidden + unit]
                                          : previous[row * hidden + unit];
      product[i] = CELL == GRU && running ? products[row * hidden + unit] : 0;
      up[i] = running && dy != 0 ? dy[row * width + column + unit] : 0;
    }
    if (CELL != GRU_RESET_FIRST || own < 2) {
      for (int line = 0; line < rows; line++) {
        sums[line][LOCAL_ID(0)] = dot(weight, back[line] + own * UNITS);
      }
    }
    BARRIER();

    UNROLL
    for (int i = 0; i < PAIRS; i++) {
      const int line = pair_line(i);
      const int b = GROUP_ID(0) * rows + line;
      if (length[i] > 0 && step >= 0) {
        const size_t row = rnn_row(step, length[i], reverse, b, stepRows, batchRows);
        float d[GATES];
        UNROLL
        for (int g = 0; g < GATES; g++) d[g] = 0;
        float ofNew = 0;
        if (step < length[i]) {
          const float dh = carry[i] + sum_gates(sums[line] + unit) + up[i];
          carry[i] = rnn_backward(d, gate[i], dh, before[i], product[i], dcell + i, relu);
          ofNew = CELL == GRU ? d[GATES - 1] * gate[i][0] : d[GATES - 1];
          UNROLL
          for (int g = 0; g < GATES - 1; g++) back[line][g * UNITS + unit] = d[g];
          back[line][(GATES - 1) * UNITS + unit] = ofNew;
        }
        UNROLL
        for (int g = CELL == GRU_RESET_FIRST; g < GATES; g++) {
          dx[(row * GATES + g) * hidden + unit] = d[g];
        }
        if (CELL == GRU) {
          UNROLL
          for (int g = 0; g < GATES - 1; g++) {
            dproduct[(row * GATES + g) * hidden + unit] = d[g];
          }
          dproduct[(row * GATES + GATES - 1) * hidden + unit] = ofNew;
        }
      }
    }
    BARRIER();

#if CELL == GRU_RESET_FIRST
    if (own == 2) {
      for (int line = 0; line < rows; line++) {
        sums[line][LOCAL_ID(0)] = dot(weight, back[line] + 2 * UNITS);
      }
    }
    BARRIER();
    UNROLL
    for (int i = 0; i < PAIRS; i++) {
      const int line = pair_line(i);
      const int b = GROUP_ID(0) * rows + line;
      if (length[i] > 0 && step >= 0) {
        const size_t row = rnn_row(step, length[i], reverse, b, stepRows, batchRows);
        float d = 0;
        if (step < length[i]) {
          const float dreset = sums[line][2 * UNITS + unit];
          carry[i] += dreset * gate[i][0];
          d = rnn_reset_gradient(dreset, gate[i][0], before[i]);
          back[line][unit] = d;
        }
        dx[row * GATES * hidden + unit] = d;
      }
    }
    BARRIER();
#endif
  }

  UNROLL
  for (int i = 0; i < PAIRS; i++) {
    const int line = pair_line(i);
    if (length[i] > 0) {
      const size_t state = stateAt + (size_t)(GROUP_ID(0) * rows + line) * hidden + unit;
      if (dh0 != 0) dh0[state] = carry[i] + sum_gates(sums[line] + unit);
      if (dc0 != 0) dc0[state] = dcell[i];
    }
  }
}
