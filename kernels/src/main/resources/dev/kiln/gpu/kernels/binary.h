// The functions of two elements, by the names and in the order of dev.kiln.backend.Binary.
#ifndef KILN_BINARY_H
#define KILN_BINARY_H

#define ADD(a, b) ((a) + (b))
#define SUB(a, b) ((a) - (b))
#define MUL(a, b) ((a) * (b))
#define DIV(a, b) ((a) / (b))
// POW is the dialect's

// NaN, of either, wins.
DEVICE_FN float MAXIMUM(float a, float b) { return a > b || a != a ? a : b; }
DEVICE_FN float MINIMUM(float a, float b) { return a < b || a != a ? a : b; }
DEVICE_FN float MAXIMUM_SLOPE(float a, float b) { return a == b ? 0.5f : a < b ? 0 : 1; }

DEVICE_FN float POW_BASE_SLOPE(float a, float b) { return b == 0 ? 0 : b * POW(a, b - 1); }
DEVICE_FN float POW_EXPONENT_SLOPE(float a, float b) {
  return a == 0 && b >= 0 ? 0 : POW(a, b) * LOG(a);
}

#endif
