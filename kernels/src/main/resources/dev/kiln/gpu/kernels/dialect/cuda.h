// The dialect of Kiln's kernels for nvcc; opencl.h tells what each word means.
#pragma once

typedef unsigned int uint;

#ifdef RESIDENT
#define KERNEL(WG) extern "C" __global__ void __launch_bounds__(WG, RESIDENT)
#else
#define KERNEL(WG) extern "C" __global__ void __launch_bounds__(WG)
#endif
// unused: a function that one program of a text needs and another does not
#define DEVICE_FN static __device__ __forceinline__ __attribute__((unused))
#define GLOBAL
#define CONSTANT __constant__
#define LOCAL __shared__ __align__(16)
#define LOCAL_PTR
#define RESTRICT __restrict__
#define UNROLL _Pragma("unroll")
#define ROLLED _Pragma("unroll 1")

#define KILN_AXIS_0 x
#define KILN_AXIS_1 y
#define KILN_AXIS_2 z
#define KILN_JOIN(a, b) a##b
#define KILN_AXIS(d) KILN_JOIN(KILN_AXIS_, d)
#define LOCAL_ID(d) ((int)threadIdx.KILN_AXIS(d))
#define GROUP_ID(d) ((int)blockIdx.KILN_AXIS(d))
#define GROUP_COUNT(d) ((int)gridDim.KILN_AXIS(d))
#define GLOBAL_ID(d) ((int)(blockIdx.KILN_AXIS(d) * blockDim.KILN_AXIS(d) + threadIdx.KILN_AXIS(d)))
#define GLOBAL_SIZE(d) ((int)(gridDim.KILN_AXIS(d) * blockDim.KILN_AXIS(d)))
#define BARRIER() __syncthreads()

#define F4(a, b, c, d) make_float4(a, b, c, d)
#define F4_ALL(a) kiln_all(a)
#define FMA4(a, b, c) kiln_fma4(a, b, c)
#define LOAD4(p) (*(const float4*)(p))
#define STORE4(p, v) (*(float4*)(p) = (v))
#define LOCAL_LOAD4(p) LOAD4(p)
#define LOCAL_STORE4(p, v) STORE4(p, v)

#define FMA(a, b, c) fmaf(a, b, c)
#define EXP(x) expf(x)
#define LOG(x) logf(x)
#define EXPM1(x) expm1f(x)
#define LOG1P(x) log1pf(x)
#define ERF(x) erff(x)
#define POW(a, b) powf(a, b)
#define TANH(x) tanhf(x)
#define SQRT(x) sqrtf(x)
#define RSQRT(x) rsqrtf(x)
#define FABS(x) fabsf(x)
#define FMAX(a, b) fmaxf(a, b)
#define FMIN(a, b) fminf(a, b)
#define IMAX(a, b) max((int)(a), (int)(b))
#define IMIN(a, b) min((int)(a), (int)(b))
#define MUL_HI(a, b) __umulhi(a, b)
#define AS_UINT(f) __float_as_uint(f)
#define AS_FLOAT(u) __uint_as_float(u)

DEVICE_FN float4 kiln_all(float a) { return make_float4(a, a, a, a); }
DEVICE_FN float4 kiln_fma4(float4 a, float4 b, float4 c) {
  return make_float4(fmaf(a.x, b.x, c.x), fmaf(a.y, b.y, c.y), fmaf(a.z, b.z, c.z),
                     fmaf(a.w, b.w, c.w));
}
DEVICE_FN float4 operator+(float4 a, float4 b) {
  return make_float4(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w);
}
DEVICE_FN float4 operator-(float4 a, float4 b) {
  return make_float4(a.x - b.x, a.y - b.y, a.z - b.z, a.w - b.w);
}
DEVICE_FN float4 operator*(float4 a, float4 b) {
  return make_float4(a.x * b.x, a.y * b.y, a.z * b.z, a.w * b.w);
}
DEVICE_FN float4 operator+(float4 a, float b) { return a + kiln_all(b); }
DEVICE_FN float4 operator+(float a, float4 b) { return kiln_all(a) + b; }
DEVICE_FN float4 operator-(float4 a, float b) { return a - kiln_all(b); }
DEVICE_FN float4 operator-(float a, float4 b) { return kiln_all(a) - b; }
DEVICE_FN float4 operator*(float4 a, float b) { return a * kiln_all(b); }
DEVICE_FN float4 operator*(float a, float4 b) { return kiln_all(a) * b; }
DEVICE_FN void operator+=(float4& a, float4 b) { a = a + b; }
DEVICE_FN void operator-=(float4& a, float4 b) { a = a - b; }
DEVICE_FN void operator*=(float4& a, float4 b) { a = a * b; }
