// Explicit vectors of LANES floats, for the kernels that only CPUs behind OpenCL run.
#ifndef KILN_WIDE_H
#define KILN_WIDE_H

#if LANES == 16
typedef float16 WIDE;
#define LOAD_WIDE(p) vload16(0, p)
#define STORE_WIDE(p, v) vstore16(v, 0, p)
#else
typedef float8 WIDE;
#define LOAD_WIDE(p) vload8(0, p)
#define STORE_WIDE(p, v) vstore8(v, 0, p)
#endif

#endif
