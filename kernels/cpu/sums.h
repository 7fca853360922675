#pragma once
// Eight sums in double at a time, in the same order on every machine. Products of two f32 numbers are exact in double,
// so every instruction set gives the same bytes.
#include <cstdint>

#include "kernels/inline.h"

// Narrow machines pass such a vector otherwise than wide ones; as everything here is inlined, nobody passes one.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

constexpr std::int64_t wide = 8;
typedef double Sums __attribute__((vector_size(wide * sizeof(double))));

template <class T>
GRADUS_INLINE Sums load_wide(const T* from) {
    typedef float Values __attribute__((vector_size(wide * sizeof(float))));
    Values v;
    if constexpr (sizeof(T) == sizeof(float))
        __builtin_memcpy(&v, from, sizeof v);
    else
        for (std::int64_t k = 0; k < wide; ++k) v[k] = static_cast<float>(from[k]);
    return __builtin_convertvector(v, Sums);
}

GRADUS_INLINE double total(const Sums& s) {
    double sum = 0;
    for (std::int64_t k = 0; k < wide; ++k) sum += s[k];
    return sum;
}

}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
