#pragma once
#include "kernels/cpu/parallel.h"
#include "kernels/pixels.h"

namespace gradus::kernels::cpu {

/// Calls f(pixel, channels, ...) for runs of contiguous values: the whole block at once where all operands
/// are dense, pixel by pixel where one is a slice of a wider tensor. f(first_pixel, values) handles `values`
/// contiguous values of each operand, starting at that pixel. Blocks are of fixed size, so that results do
/// not depend on the number of threads.
template <class F>
GRADUS_INLINE void for_rows(Stream stream, std::int64_t pixels, std::int64_t channels, bool dense, const F& f) {
    constexpr std::int64_t block_values = 1 << 14;
    const std::int64_t block = channels >= block_values ? 1 : block_values / (channels > 0 ? channels : 1);
    parallel_ranges(stream, pixels, block, [&](std::int64_t begin, std::int64_t end) {
        // One call, so that compilers make code of f once.
        const std::int64_t step = dense ? end - begin : 1;
        for (std::int64_t i = begin; i < end; i += step) f(i, step * channels);
    });
}

/// Calls f(i, count) for vectors of `lanes` values, and what is left of them at the end: for loops that compilers do
/// not make vectors of.
template <int lanes, class F>
GRADUS_INLINE void for_vectors(Stream stream, std::int64_t n, const F& f) {
    for_rows(stream, n, 1, true, [&](std::int64_t first, std::int64_t values) {
        for (std::int64_t i = first, end = first + values; i < end; i += lanes) f(i, end - i < lanes ? end - i : lanes);
    });
}

}  // namespace gradus::kernels::cpu
