// The dialect of Kiln's kernels, and what it means in OpenCL C 1.2.
//
// A kernel text is written once and compiled three ways: by an OpenCL driver at run time (this
// header), by nvcc to PTX (cuda.h), and by g++ for the tests (host.h, in the tests). The reader of
// a kernel needs to know only this page.
//
//   KERNEL(WG) name(...)        a kernel whose work-groups have exactly WG work-items in a row. Where
//                               its program defines RESIDENT, CUDA bounds its registers so that as
//                               many groups share a multiprocessor
//   DEVICE_FN                   before any other function
//   GLOBAL                      before every pointer to a buffer:      GLOBAL const float* x
//   CONSTANT                    a table at file scope:                 CONSTANT float taps[3] = {...};
//   LOCAL                       local memory, at a kernel's top level: LOCAL float tile[16][17];
//                               undefined at first, 16-byte aligned, no initialiser
//   LOCAL_PTR                   before a pointer to it:                LOCAL_PTR float* scratch
//   RESTRICT                    after the *, where nothing else reaches the same memory
//
//   LOCAL_ID(0)                 0 .. WG - 1              int, and 1-D always
//   GROUP_ID(d) GROUP_COUNT(d)  d = 0, 1, 2              int
//   GLOBAL_ID(0) GLOBAL_SIZE(0) over all groups of dimension 0, int; the launcher sees to it that
//                               they fit
//   BARRIER()                   all work-items of the group meet; orders local memory, not global.
//                               Every work-item comes by it or none does: no return before one
//
//   float4                      .x .y .z .w, + - * between them and with a float on either side;
//                               F4(a, b, c, d)   F4_ALL(a)   FMA4(a, b, c)
//   LOAD4(p) STORE4(p, v)       four floats of global memory, p 16-byte aligned. A buffer's start is
//   LOCAL_LOAD4(p) LOCAL_STORE4(p, v)     the same of local memory
//
//   FMA(a, b, c)                fused: one rounding. a * b + c is never fused: every API gives the
//                               same bits for + - * / SQRT FMA
//   EXPM1 LOG1P ERF POW         exp(x) - 1, log(1 + x), the error function, a to the power of b; POW
//                               within 16 ulp, the others within about 4
//   EXP LOG TANH RSQRT          within about 2 ulp; SQRT and / are correctly rounded
//   FABS FMAX FMIN              FMAX and FMIN drop a NaN: FMAX(NaN, 1) = 1. Where it must win, say
//                               so: a > b || a != a ? a : b
//   IMIN IMAX                   of ints
//   INFINITY                    as in C; NaN tests: x != x
//   uint                        32 bits unsigned; MUL_HI(a, b) the high half of their product
//   AS_UINT(f) AS_FLOAT(u)      the same bits
//   UNROLL                      before a for whose trip count is a constant
//   ROLLED                      before a for that goes round once or twice on GPUs: not worth copies
//                               of its body in the PTX
//
// Kernel parameters are GLOBAL pointers, int, uint and float. float only, never double: write 0.5f.
// Index with size_t where a product could pass 2^31.
//
// Forbidden, because one of the three compilers says no: C++ keywords (new, class, this, template)
// and OpenCL's types and functions (half, kernel, global, step, mix, sign) as names, OpenCL's or
// CUDA's own words (get_global_id, threadIdx), pointers without their address space, implicit casts
// from void*, vector literals and swizzles, designated initialisers, float atomics.

#pragma OPENCL FP_CONTRACT OFF

#define KERNEL(WG) __kernel __attribute__((reqd_work_group_size(WG, 1, 1))) void
#define DEVICE_FN static inline
#define GLOBAL __global
#define CONSTANT __constant
#define LOCAL __attribute__((aligned(16))) __local
#define LOCAL_PTR __local
#define RESTRICT restrict
#define UNROLL _Pragma("unroll")
#define ROLLED

#define LOCAL_ID(d) ((int)get_local_id(d))
#define GROUP_ID(d) ((int)get_group_id(d))
#define GROUP_COUNT(d) ((int)get_num_groups(d))
#define GLOBAL_ID(d) ((int)get_global_id(d))
#define GLOBAL_SIZE(d) ((int)get_global_size(d))
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE)

#define F4(a, b, c, d) ((float4)(a, b, c, d))
#define F4_ALL(a) ((float4)(a))
#define FMA4(a, b, c) fma(a, b, c)
#define LOAD4(p) (*(GLOBAL const float4*)(p))
#define STORE4(p, v) (*(GLOBAL float4*)(p) = (v))
#define LOCAL_LOAD4(p) (*(LOCAL_PTR const float4*)(p))
#define LOCAL_STORE4(p, v) (*(LOCAL_PTR float4*)(p) = (v))

#define FMA(a, b, c) fma((float)(a), (float)(b), (float)(c))
#define EXP(x) exp((float)(x))
#define LOG(x) log((float)(x))
#define EXPM1(x) expm1((float)(x))
#define LOG1P(x) log1p((float)(x))
#define ERF(x) erf((float)(x))
#define POW(a, b) pow((float)(a), (float)(b))
#define TANH(x) tanh((float)(x))
#define SQRT(x) sqrt((float)(x))
#define RSQRT(x) rsqrt((float)(x))
#define FABS(x) fabs((float)(x))
#define FMAX(a, b) fmax((float)(a), (float)(b))
#define FMIN(a, b) fmin((float)(a), (float)(b))
#define IMAX(a, b) max((int)(a), (int)(b))
#define IMIN(a, b) min((int)(a), (int)(b))
#define MUL_HI(a, b) mul_hi((uint)(a), (uint)(b))
#define AS_UINT(f) as_uint(f)
#define AS_FLOAT(u) as_float(u)
