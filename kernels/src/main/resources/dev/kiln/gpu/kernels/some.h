// Up to four neighbours in one load: where less than four are left, the others are 0.
//
//   LEFT(start, n)            how many of n elements begin at start, 0 where none does
//   load_some(p, left)        p 16-byte aligned
//   store_some(p, v, left)    writes no more than are left
#ifndef KILN_SOME_H
#define KILN_SOME_H

#define LEFT(start, n) ((start) < (size_t)(n) ? (int)((size_t)(n) - (start)) : 0)

DEVICE_FN float4 load_some(GLOBAL const float* p, int left) {
  if (left >= 4) return LOAD4(p);
  return F4(left > 0 ? p[0] : 0, left > 1 ? p[1] : 0, left > 2 ? p[2] : 0, 0);
}

DEVICE_FN void store_some(GLOBAL float* p, float4 v, int left) {
  if (left >= 4) {
    STORE4(p, v);
  } else {
    if (left > 0) p[0] = v.x;
    if (left > 1) p[1] = v.y;
    if (left > 2) p[2] = v.z;
  }
}

#endif
