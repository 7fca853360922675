#pragma once
#include <utility>

#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

// Of two vectors, seen as runs of `run` values: those at odd places of a change with those at even places of b.
template <int run, int... lane>
GRADUS_INLINE void exchange_runs(vec& a, vec& b, std::integer_sequence<int, lane...>) {
    const vec first = __builtin_shufflevector(a, b, (lane & run ? lanes + lane - run : lane)...);
    b = __builtin_shufflevector(a, b, (lane & run ? lanes + lane : lane + run)...);
    a = first;
}

/// Transposes a square of lanes x lanes values in registers: its quarters, then theirs, and so on.
template <int run = lanes / 2>
GRADUS_INLINE void transpose_square(vec (&rows)[lanes]) {
#pragma GCC unroll 16
    for (int i = 0; i < lanes; ++i)
        if (!(i & run)) exchange_runs<run>(rows[i], rows[i + run], std::make_integer_sequence<int, lanes>());
    if constexpr (run > 1) transpose_square<run / 2>(rows);
}

}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
