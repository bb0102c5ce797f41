// The functions of one element that layers end in: unary.cl has them as kernels of their own, and
// epilogue.h as part of a product's write-back. From one text, for the same bits.
#ifndef KILN_ACTIVATION_H
#define KILN_ACTIVATION_H

// NaN stays NaN.
DEVICE_FN float relu(float x) { return x < 0 ? 0 : x; }

DEVICE_FN float logistic(float x) { return 1 / (1 + EXP(-x)); }

// x times the normal distribution
DEVICE_FN float normal(float x) { return 0.5f * (1 + ERF(x * 0.70710677f)); }

DEVICE_FN float gelu(float x) { return x * normal(x); }

// (1 + tanh(u)) / 2 = logistic(2 u), which keeps its digits where tanh goes to -1
#define GELU_SCALE 1.5957691f
#define GELU_CUBE 0.044715f
DEVICE_FN float gelu_angle(float x) { return GELU_SCALE * (x + GELU_CUBE * (x * x * x)); }

DEVICE_FN float gelu_tanh(float x) { return x * logistic(gelu_angle(x)); }

#endif
