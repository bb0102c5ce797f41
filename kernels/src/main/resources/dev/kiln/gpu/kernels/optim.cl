// optim — one step of an optimizer on many parameters at once, in place
//
//   w<k>, g<k>   [n<k>]   a parameter and its gradient
//   at<k>                 where its run begins in what the optimizer remembers
//   velocity, m, v …      flat: the runs of all parameters
//
// Launch   a work-group a chunk; slots.h tells how a group finds its own
// Tunable  WG      work-group size; 1 for CPUs, where a work-item takes a chunk in a loop
//          CHUNK   elements that a group computes
#include "given.h"
#include "slots.h"

// The last parameters of every kernel.
#define SLOT(k) , GLOBAL float* w##k, GLOBAL const float* g##k, int n##k, int at##k
#define PARAMETERS EACH_SLOT(SLOT)

// Declares w, g and at for the chunk of this group, and count, its number of elements.
#define ENTER(k)                          \
  if (chunk < CHUNKS(n##k)) {             \
    w = w##k;                             \
    g = g##k;                             \
    at = at##k;                           \
    count = n##k;                         \
    break;                                \
  }                                       \
  chunk -= CHUNKS(n##k);
#define FIND_CHUNK                        \
  GLOBAL float* w = w0;                   \
  GLOBAL const float* g = g0;             \
  int at __attribute__((unused)) = 0;     \
  int count = 0;                          \
  int chunk = GROUP_ID(0);                \
  do {                                    \
    EACH_SLOT(ENTER)                      \
  } while (0);                            \
  w += (size_t)chunk * CHUNK;             \
  g += (size_t)chunk * CHUNK;             \
  at += chunk * CHUNK;                    \
  count = IMIN(count - chunk * CHUNK, CHUNK);

#define EACH_ITEM int i = LOCAL_ID(0); i < count; i += WG

KERNEL(WG) sgd(float lr, float decay, GIVEN PARAMETERS) {
  FIND_CHUNK
  lr = NUMBER(0, lr);
  decay = NUMBER(1, decay);
  for (EACH_ITEM) w[i] -= lr * (g[i] + decay * w[i]);
}

// v = momentum · v + take · g, on the first step v = g; w -= lr · v, or with Nesterov
// w -= lr · (g + momentum · v)
KERNEL(WG) momentum(GLOBAL float* velocity, float lr, float decay, float momentum, float take,
                    int nesterov, int first, GIVEN PARAMETERS) {
  FIND_CHUNK
  lr = NUMBER(0, lr);
  decay = NUMBER(1, decay);
  momentum = NUMBER(2, momentum);
  take = NUMBER(3, take);
  velocity += at;
  for (EACH_ITEM) {
    const float slope = g[i] + decay * w[i];
    const float moved = first ? slope : momentum * velocity[i] + take * slope;
    velocity[i] = moved;
    w[i] -= lr * (nesterov ? slope + momentum * moved : moved);
  }
}

KERNEL(WG) adagrad(GLOBAL float* sum, float lr, float eps, float decay, GIVEN PARAMETERS) {
  FIND_CHUNK
  lr = NUMBER(0, lr);
  eps = NUMBER(1, eps);
  decay = NUMBER(2, decay);
  sum += at;
  for (EACH_ITEM) {
    const float slope = g[i] + decay * w[i];
    const float total = sum[i] + slope * slope;
    sum[i] = total;
    w[i] -= lr * slope / (SQRT(total) + eps);
  }
}

KERNEL(WG) adadelta(GLOBAL float* squares, GLOBAL float* moves, float lr, float keep, float take,
                    float eps, float decay, GIVEN PARAMETERS) {
  FIND_CHUNK
  lr = NUMBER(0, lr);
  keep = NUMBER(1, keep);
  take = NUMBER(2, take);
  eps = NUMBER(3, eps);
  decay = NUMBER(4, decay);
  squares += at;
  moves += at;
  for (EACH_ITEM) {
    const float slope = g[i] + decay * w[i];
    const float square = keep * squares[i] + take * slope * slope;
    const float move = SQRT(moves[i] + eps) / SQRT(square + eps) * slope;
    squares[i] = square;
    moves[i] = keep * moves[i] + take * move * move;
    w[i] -= lr * move;
  }
}

// mean and velocity are null where centered and moving are 0.
KERNEL(WG) rmsprop(GLOBAL float* squares, GLOBAL float* mean, GLOBAL float* velocity, float lr,
                   float keep, float take, float eps, float momentum, float decay, int centered,
                   int moving, GIVEN PARAMETERS) {
  FIND_CHUNK
  lr = NUMBER(0, lr);
  keep = NUMBER(1, keep);
  take = NUMBER(2, take);
  eps = NUMBER(3, eps);
  momentum = NUMBER(4, momentum);
  decay = NUMBER(5, decay);
  for (EACH_ITEM) {
    const float slope = g[i] + decay * w[i];
    float square = keep * squares[at + i] + take * slope * slope;
    squares[at + i] = square;
    if (centered) {
      const float average = keep * mean[at + i] + take * slope;
      mean[at + i] = average;
      square -= average * average;
      square = square < 0 ? 0 : square;
    }
    float move = slope / (SQRT(square) + eps);
    if (moving) {
      move = momentum * velocity[at + i] + move;
      velocity[at + i] = move;
    }
    w[i] -= lr * move;
  }
}

// decay is the L2 term; AdamW's shrinks w instead: shrink = 1 - lr · decay, else 1.
#define ADAM_NUMBERS                                                                        \
  float keep1, float take1, float keep2, float take2, float eps, float decay, float shrink, \
      float stepSize, float correction
#define FIND_ADAM_NUMBERS               \
  keep1 = NUMBER(0, keep1);             \
  take1 = NUMBER(1, take1);             \
  keep2 = NUMBER(2, keep2);             \
  take2 = NUMBER(3, take2);             \
  eps = NUMBER(4, eps);                 \
  decay = NUMBER(5, decay);             \
  shrink = NUMBER(6, shrink);           \
  stepSize = NUMBER(7, stepSize);       \
  correction = NUMBER(8, correction);

DEVICE_FN float adam_moved(float w, float shrink, float stepSize, float first, float second,
                           float correction, float eps) {
  return shrink * w - stepSize * first / (SQRT(second) / correction + eps);
}

KERNEL(WG) adam(GLOBAL float* m, GLOBAL float* v, ADAM_NUMBERS, GIVEN PARAMETERS) {
  FIND_CHUNK
  FIND_ADAM_NUMBERS
  m += at;
  v += at;
  for (EACH_ITEM) {
    const float slope = g[i] + decay * w[i];
    const float first = keep1 * m[i] + take1 * slope;
    const float second = keep2 * v[i] + take2 * slope * slope;
    m[i] = first;
    v[i] = second;
    w[i] = adam_moved(w[i], shrink, stepSize, first, second, correction, eps);
  }
}

// The same, divided by the root of the largest second moment so far.
KERNEL(WG) amsgrad(GLOBAL float* m, GLOBAL float* v, GLOBAL float* maximum, ADAM_NUMBERS,
                   GIVEN PARAMETERS) {
  FIND_CHUNK
  FIND_ADAM_NUMBERS
  m += at;
  v += at;
  maximum += at;
  for (EACH_ITEM) {
    const float slope = g[i] + decay * w[i];
    const float first = keep1 * m[i] + take1 * slope;
    const float second = keep2 * v[i] + take2 * slope * slope;
    const float largest = maximum[i] > second ? maximum[i] : second;
    m[i] = first;
    v[i] = second;
    maximum[i] = largest;
    w[i] = adam_moved(w[i], shrink, stepSize, first, largest, correction, eps);
  }
}
