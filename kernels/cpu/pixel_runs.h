#pragma once
// Moving runs of neighboring pixels: what pad, crop, roll and flip are made of.
#include "kernels/pixels.h"

namespace gradus::kernels::cpu {

/// to = from, or to += from, for n contiguous values.
template <bool accumulate, class T>
GRADUS_INLINE void put(T* to, const T* from, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) {
        if constexpr (accumulate)
            to[i] = T(static_cast<float>(to[i]) + static_cast<float>(from[i]));
        else
            to[i] = from[i];
    }
}

/// The same for n pixels, starting at pixel `from` of x and pixel `to` of y.
template <bool accumulate, class T>
GRADUS_INLINE void put_pixels(Pixels<const T> x, std::int64_t from, Pixels<T> y, std::int64_t to, std::int64_t n,
                              std::int64_t channels) {
    if (x.stride == channels && y.stride == channels) {
        put<accumulate>(y[to], x[from], n * channels);
        return;
    }
    for (std::int64_t i = 0; i < n; ++i) put<accumulate>(y[to + i], x[from + i], channels);
}

/// How many rows of so many values one block of work takes: enough to be worth a thread's while.
GRADUS_INLINE std::int64_t rows_per_block(std::int64_t values) {
    constexpr std::int64_t block_values = 1 << 14;
    return values >= block_values ? 1 : block_values / (values > 0 ? values : 1);
}

}  // namespace gradus::kernels::cpu
