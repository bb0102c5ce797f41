// One unit of a recurrent cell, forward and back, and where its steps lie; for rnn_step.cl and
// rnn_sequence.cl. U and u are the recurrent weights and their bias, h' and c' the state before.
//
//   CELL = RNN               h = tanh(x + U h' + u), or the positive part of the sum
//   CELL = LSTM              i f g o:  c = f c' + i g        h = o tanh(c)
//   CELL = GRU               r z n:    n = tanh(x_n + r (U_n h' + u_n))     h = (1 - z) n + z h'
//   CELL = GRU_RESET_FIRST   r z n:    n = tanh(x_n + U_n (r h') + u_n)     h = (1 - z) n + z h'
//
//   x, gates, dx, dproduct   [rows][GATES * hidden]   a gate's units side by side
//   y, dy                    [rows][width]            from column on, hidden of them
//   previous, cells, product [rows][hidden]
//   states                   [batch][hidden]
//
// Step s of sequence b is a row of each, at s * stepRows + b * batchRows; reversed sequences count
// their steps from their end. Past their length comes what is 0.
#ifndef KILN_RNN_H
#define KILN_RNN_H

#define RNN 0
#define LSTM 1
#define GRU 2
#define GRU_RESET_FIRST 3

#if CELL == RNN
#define GATES 1
#elif CELL == LSTM
#define GATES 4
#else
#define GATES 3
#endif

DEVICE_FN float rnn_sigmoid(float x) { return 1 / (1 + EXP(-x)); }

// The row of a step, or of a 0 where the sequence is over.
DEVICE_FN int rnn_row(int step, int length, int reverse, int b, int stepRows, int batchRows) {
  const int t = reverse && step < length ? length - 1 - step : step;
  return t * stepRows + b * batchRows;
}

DEVICE_FN float rnn_mixed(float z, float n, float previous) { return (1 - z) * n + z * previous; }

// h, from the gates' x and products.
//
//   gate      x in, the gate after its sigmoid, tanh or ReLU out
//   product   U h' + u, but for n of GRU_RESET_FIRST U_n (r h') + u_n
//   cell      c' in, c out, LSTM only
DEVICE_FN float rnn_forward(float* gate, const float* product, float previous, float* cell,
                            int relu) {
#if CELL == RNN
  const float sum = gate[0] + product[0];
  gate[0] = relu ? (sum < 0 ? 0 : sum) : TANH(sum);
  return gate[0];
#elif CELL == LSTM
  gate[0] = rnn_sigmoid(gate[0] + product[0]);
  gate[1] = rnn_sigmoid(gate[1] + product[1]);
  gate[2] = TANH(gate[2] + product[2]);
  gate[3] = rnn_sigmoid(gate[3] + product[3]);
  *cell = gate[1] * *cell + gate[0] * gate[2];
  return gate[3] * TANH(*cell);
#else
  gate[0] = rnn_sigmoid(gate[0] + product[0]);
  gate[1] = rnn_sigmoid(gate[1] + product[1]);
  gate[2] = TANH(gate[2] + (CELL == GRU ? gate[0] * product[2] : product[2]));
  return rnn_mixed(gate[1], gate[2], previous);
#endif
}

// dx into d, and as the result the part of dh' that goes by no product.
//
//   before    c' for LSTM, h' for the others
//   product   U_n h' + u_n, GRU only
//   cell      dc in, dc' out, LSTM only
//
// d[0] of GRU_RESET_FIRST wants d[2] of all units first: rnn_reset_gradient.
DEVICE_FN float rnn_backward(float* d, const float* gate, float dh, float before, float product,
                             float* cell, int relu) {
#if CELL == RNN
  d[0] = relu ? (gate[0] > 0 ? dh : 0) : dh * (1 - gate[0] * gate[0]);
  return 0;
#elif CELL == LSTM
  const float top = TANH(gate[1] * before + gate[0] * gate[2]);
  const float dc = *cell + dh * gate[3] * (1 - top * top);
  d[0] = dc * gate[2] * (gate[0] * (1 - gate[0]));
  d[1] = dc * before * (gate[1] * (1 - gate[1]));
  d[2] = dc * gate[0] * (1 - gate[2] * gate[2]);
  d[3] = dh * top * (gate[3] * (1 - gate[3]));
  *cell = dc * gate[1];
  return 0;
#else
  d[1] = dh * (before - gate[2]) * (gate[1] * (1 - gate[1]));
  d[2] = dh * (1 - gate[1]) * (1 - gate[2] * gate[2]);
  d[0] = CELL == GRU ? d[2] * product * (gate[0] * (1 - gate[0])) : 0;
  return dh * gate[1];
#endif
}

// dx of r from the gradient of r h'.
DEVICE_FN float rnn_reset_gradient(float dreset, float reset, float previous) {
  return dreset * previous * (reset * (1 - reset));
}

#endif
