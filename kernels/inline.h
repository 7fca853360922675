#pragma once
// The kernels are compiled several times, once per instruction set, and a linker keeps one copy of an inline function
// that it meets several times. What kernels share is therefore always inlined: no copy, no mix-up.
#define GRADUS_INLINE __attribute__((always_inline)) inline
