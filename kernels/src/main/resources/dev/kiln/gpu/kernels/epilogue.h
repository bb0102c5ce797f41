// What a write-back does to the numbers of C when all of k is summed and the bias is added:
// y = activation(x + residual), dev.kiln.backend.Epilogue.
//
//   residual     like C; may be null
//   activation   NONE, RELU, GELU or GELU_TANH
//
// ReLU is a bound that costs a comparison, FLOOR, which a kernel applies in its registers. A residual
// and the longer functions are LATE: the work-item goes over what it has just written, in a loop that
// holds their code once, where the unrolled stores would have it a hundred times.
#ifndef KILN_EPILOGUE_H
#define KILN_EPILOGUE_H

#include "activation.h"

#define NONE 0
#define RELU 1
#define GELU 2
#define GELU_TANH 3

#define LATE(residual, activation) ((residual) || (activation) > RELU)
#define FLOOR(residual, activation) (!(residual) && (activation) == RELU ? 0.0f : -INFINITY)

// NaN stays NaN, as in relu.
DEVICE_FN float at_least(float low, float x) { return x < low ? low : x; }

DEVICE_FN float4 at_least4(float low, float4 x) {
  return F4(at_least(low, x.x), at_least(low, x.y), at_least(low, x.z), at_least(low, x.w));
}

// All of it for one number; at: its place in C.
DEVICE_FN float finished(float x, GLOBAL const float* residual, size_t at, int activation) {
  if (residual) x = x + residual[at];
  return activation == RELU        ? relu(x)
         : activation == GELU      ? gelu(x)
         : activation == GELU_TANH ? gelu_tanh(x)
                                   : x;
}

// All of it for count numbers of C that have their bias, from number at on.
DEVICE_FN void finish_run(GLOBAL float* c, GLOBAL const float* residual, size_t at, int count,
                          int activation) {
  for (size_t i = at; i < at + count; i++) c[i] = finished(c[i], residual, i, activation);
}

#endif
