#pragma once
#include <cstdint>

#include "kernels/inline.h"

namespace gradus::kernels {

/// What lies beyond the border of a picture, for a row a b c d: zero 0 0|a b c d|0 0, reflect c b|a b c d|c b,
/// replicate a a|a b c d|d d, circular c d|a b c d|a b.
enum class PadMode { zero, reflect, replicate, circular };

/// How far i lies above a multiple of n, for negative i too: 0..n-1.
GRADUS_INLINE std::int64_t wrap(std::int64_t i, std::int64_t n) {
    const std::int64_t rest = i % n;
    return rest < 0 ? rest + n : rest;
}

/// After how many steps the endless line repeats itself.
GRADUS_INLINE std::int64_t border_period(std::int64_t n, PadMode mode) {
    if (mode == PadMode::circular || n == 1) return n;
    return 2 * (n - 1);
}

/// Which of 0..n-1 stands at index i of the endless line that the border rule makes of them; -1: a zero.
GRADUS_INLINE std::int64_t border_source(std::int64_t i, std::int64_t n, PadMode mode) {
    if (i >= 0 && i < n) return i;
    if (mode == PadMode::zero) return -1;
    if (mode == PadMode::replicate) return i < 0 ? 0 : n - 1;
    const std::int64_t at = wrap(i, border_period(n, mode));
    return at < n ? at : 2 * (n - 1) - at;
}

/// Calls f(v) for every index v in low..high of the endless line whose source is i: who reads i, in a fixed order.
template <class F>
GRADUS_INLINE void for_border_images(std::int64_t i, std::int64_t n, std::int64_t low, std::int64_t high, PadMode mode,
                                     const F& f) {
    if (mode == PadMode::zero || mode == PadMode::replicate) {
        std::int64_t from = i, to = i;
        if (mode == PadMode::replicate && i == 0 && low < 0) from = low;
        if (mode == PadMode::replicate && i == n - 1 && high > i) to = high;
        for (std::int64_t v = from < low ? low : from; v <= to && v <= high; ++v) f(v);
        return;
    }
    const std::int64_t period = border_period(n, mode);
    for (std::int64_t v = low + wrap(i - low, period); v <= high; v += period) f(v);
    if (mode == PadMode::circular || i == 0 || i == n - 1) return;  // the first and the last are their own mirror image
    for (std::int64_t v = low + wrap(-i - low, period); v <= high; v += period) f(v);
}

}  // namespace gradus::kernels
