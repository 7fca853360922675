#pragma once
// The sizes of a convolution as its kernels take them: by value, in 32-bit numbers, which divide many times faster than
// 64-bit ones.
#include "kernels/conv2d.h"
#include "kernels/cuda/launch.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

template <class T>
constexpr T ceil_div(T a, T b) {
    return (a + b - 1) / b;
}
template <class T>
constexpr T round_up(T a, T multiple) {
    return ceil_div(a, multiple) * multiple;
}

struct Sizes {
    int N, H, W, C, K, R, S, P, Q;
    int stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w;

    GRADUS_INLINE int taps() const { return R * S; }
    GRADUS_INLINE int outputs() const { return N * P * Q; }
};

inline Sizes sizes(const Conv2dShape& z) {
    const auto i = [](std::int64_t n) { return static_cast<int>(n); };
    return {i(z.N), i(z.H),        i(z.W),        i(z.C),     i(z.K),     i(z.R),          i(z.S),         i(z.P),
            i(z.Q), i(z.stride_h), i(z.stride_w), i(z.pad_h), i(z.pad_w), i(z.dilation_h), i(z.dilation_w)};
}

/// Why kernels for one group that count in 32 bits do not take a convolution, or null. They multiply a few numbers of
/// pixels and threads, so it is 2^30 and not 2^31.
inline const char* beyond_sizes(const Conv2dShape& z) {
    constexpr std::int64_t most = 1 << 30;
    if (z.groups != 1) return "serves no groups";
    if (z.N * z.H * z.W > most || z.N * z.P * z.Q > most) return "counts pixels in 32 bits";
    if (z.C * z.R * z.S * z.K > most) return "counts filters in 32 bits";
    return nullptr;
}

// ---- the packed filters, [depth][columns]: a matrix product's right side ----
// Forward: depth is (r, s, c), columns are k. Input gradient: depth is (r', s', k) of the rotated filters, columns are
// c. Rows are whole vectors; there are whole steps of them, zeros at the end.

constexpr int packed_step = 8;

template <class I>
constexpr I packed_columns(I columns) {
    return round_up<I>(columns, 4);
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
