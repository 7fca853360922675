#pragma once
// The kernels are compiled several times, once per instruction set, and a linker keeps one copy of an inline function
// that it meets several times. What kernels share is therefore always inlined: no copy, no mix-up. Device code may call
// it too.
#if defined(__CUDACC__)
#define GRADUS_INLINE __host__ __device__ __attribute__((always_inline)) inline
#else
#define GRADUS_INLINE __attribute__((always_inline)) inline
#endif
