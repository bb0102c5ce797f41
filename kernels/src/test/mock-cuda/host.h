// The dialect of Kiln's kernels for g++; dialect/opencl.h tells what each word means.
//
// A program is compiled as one text: -include host.h, the tunables, the kernel text, and last
// KILN_PROGRAM(...) with its kernels, which build.sh writes.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

#include "program.h"

static kiln::Thread kiln_thread;
static kiln::Host kiln_host;

#define KERNEL(WG) static void
#define DEVICE_FN static inline
#define GLOBAL
#define CONSTANT static const
// All in one section, so that the driver can fill it with NaN before every group.
#define LOCAL static __attribute__((section("kiln_local"), aligned(16)))
#define LOCAL_PTR
#define RESTRICT __restrict__
#define UNROLL _Pragma("GCC unroll 16")
#define ROLLED

#define LOCAL_ID(d) (kiln_thread.local)
#define GROUP_ID(d) (kiln_thread.group[d])
#define GROUP_COUNT(d) (kiln_thread.groups[d])
#define GLOBAL_ID(d) (kiln_thread.group[d] * kiln_thread.groupSize + kiln_thread.local)
#define GLOBAL_SIZE(d) (kiln_thread.groups[d] * kiln_thread.groupSize)
#define BARRIER() kiln_host.barrier(__LINE__)

#define F4(a, b, c, d) (float4{(float)(a), (float)(b), (float)(c), (float)(d)})
#define F4_ALL(a) kiln_all(a)
#define FMA4(a, b, c) kiln_fma4(a, b, c)
#define LOAD4(p) (*(const float4*)kiln_aligned(p))
#define STORE4(p, v) (*(float4*)kiln_aligned(p) = (v))
#define LOCAL_LOAD4(p) LOAD4(p)
#define LOCAL_STORE4(p, v) STORE4(p, v)

#define FMA(a, b, c) __builtin_fmaf(a, b, c)
#define EXP(x) expf(x)
#define LOG(x) logf(x)
#define EXPM1(x) expm1f(x)
#define LOG1P(x) log1pf(x)
#define ERF(x) erff(x)
#define POW(a, b) powf(a, b)
#define TANH(x) tanhf(x)
#define SQRT(x) sqrtf(x)
#define RSQRT(x) (1 / sqrtf(x))
#define FABS(x) fabsf(x)
#define FMAX(a, b) fmaxf(a, b)
#define FMIN(a, b) fminf(a, b)
#define IMAX(a, b) kiln_max(a, b)
#define IMIN(a, b) kiln_min(a, b)
#define MUL_HI(a, b) ((uint)(((uint64_t)(uint)(a) * (uint)(b)) >> 32))
#define AS_UINT(f) kiln_bits<uint, float>(f)
#define AS_FLOAT(u) kiln_bits<float, uint>(u)

struct alignas(16) float4 {
  float x, y, z, w;
};

static inline int kiln_max(int a, int b) { return a > b ? a : b; }
static inline int kiln_min(int a, int b) { return a < b ? a : b; }

template <class To, class From>
static inline To kiln_bits(From from) {
  To to;
  memcpy(&to, &from, sizeof to);
  return to;
}

template <class T>
static inline T* kiln_aligned(T* p) {
  if ((uintptr_t)p % 16 != 0) kiln_host.fault("a float4 access that is not 16-byte aligned", p);
  return p;
}

static inline float4 kiln_all(float a) { return {a, a, a, a}; }
static inline float4 kiln_fma4(float4 a, float4 b, float4 c) {
  return {FMA(a.x, b.x, c.x), FMA(a.y, b.y, c.y), FMA(a.z, b.z, c.z), FMA(a.w, b.w, c.w)};
}
static inline float4 operator+(float4 a, float4 b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w};
}
static inline float4 operator-(float4 a, float4 b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z, a.w - b.w};
}
static inline float4 operator*(float4 a, float4 b) {
  return {a.x * b.x, a.y * b.y, a.z * b.z, a.w * b.w};
}
static inline float4 operator+(float4 a, float b) { return a + kiln_all(b); }
static inline float4 operator+(float a, float4 b) { return kiln_all(a) + b; }
static inline float4 operator-(float4 a, float b) { return a - kiln_all(b); }
static inline float4 operator-(float a, float4 b) { return kiln_all(a) - b; }
static inline float4 operator*(float4 a, float b) { return a * kiln_all(b); }
static inline float4 operator*(float a, float4 b) { return kiln_all(a) * b; }
static inline void operator+=(float4& a, float4 b) { a = a + b; }
static inline void operator-=(float4& a, float4 b) { a = a - b; }
static inline void operator*=(float4& a, float4 b) { a = a * b; }

// ---- the kernels of a program, for the driver to find

namespace kiln {

template <class T>
constexpr char letter() {
  static_assert(std::is_pointer<T>::value || sizeof(T) == 4, "a pointer, int, uint or float");
  return std::is_pointer<T>::value ? 'p' : 's';
}

template <class... P>
struct Signature {
  static constexpr char letters[] = {letter<P>()..., 0};

  template <void (*function)(P...), size_t... i>
  static void runAll(void* const* arguments, Crew& crew, std::index_sequence<i...>) {
    do {
      kiln_thread.local = crew.order[crew.next++];
      function(*(P*)arguments[i]...);
      crew.done++;
    } while (crew.next < crew.count);
  }

  template <void (*function)(P...)>
  static void run(void* const* arguments, Crew& crew) {
    runAll<function>(arguments, crew, std::index_sequence_for<P...>());
  }
};

template <class... P>
Signature<P...> signatureOf(void (*)(P...));

}  // namespace kiln

#define KILN_KERNEL(workGroup, function)                             \
  kiln::Kernel {                                                     \
    #function, workGroup, decltype(kiln::signatureOf(function))::letters, \
        &decltype(kiln::signatureOf(function))::run<function>        \
  }

static char kiln_local_anchor __attribute__((section("kiln_local"), used));
extern "C" __attribute__((visibility("hidden"))) unsigned char __start_kiln_local[];
extern "C" __attribute__((visibility("hidden"))) unsigned char __stop_kiln_local[];

#define KILN_PROGRAM(...)                                                                      \
  static const kiln::Kernel kiln_kernels[] = {__VA_ARGS__};                                    \
  extern "C" __attribute__((visibility("default"))) const kiln::Program kiln_program{          \
      kiln_kernels,       sizeof kiln_kernels / sizeof *kiln_kernels,                          \
      &kiln_thread,       &kiln_host,                                                          \
      __start_kiln_local, (size_t)(__stop_kiln_local - __start_kiln_local)};
