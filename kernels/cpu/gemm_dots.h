#pragma once
// A product with few rows on its left side and a transposed right side, such as a fully connected layer on one picture:
// each value is a dot product of two rows of memory. Packing the right side would take longer than reading it once.
#include "kernels/cpu/simd.h"
#include "kernels/pixels.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

constexpr i64 dots = 4;  // rows of either side at once

GRADUS_INLINE float sum_of(vec v) {
    float sum[lanes];
    store(sum, v);
    for (int width = lanes / 2; width; width /= 2)
        for (int i = 0; i < width; ++i) sum[i] += sum[i + width];
    return sum[0];
}

// y[i][j] = a[i] . b[j] for rows x columns of them, or y + that.
template <int rows, int columns>
void dots_of(Pixels<const float> a, Pixels<const float> b, i64 depth, float* y, i64 stride, bool add) {
    vec sum[rows][columns] = {};
    for (i64 k = 0; k < depth; k += lanes) {
        const i64 count = least(lanes, depth - k);
        vec left[rows];
#pragma GCC unroll 4
        for (int i = 0; i < rows; ++i) left[i] = load(a[i] + k, count);
#pragma GCC unroll 4
        for (int j = 0; j < columns; ++j) {
            const vec right = load(b[j] + k, count);
#pragma GCC unroll 4
            for (int i = 0; i < rows; ++i) sum[i][j] = multiply_add(left[i], right, sum[i][j]);
        }
    }
#pragma GCC unroll 4
    for (int i = 0; i < rows; ++i)
#pragma GCC unroll 4
        for (int j = 0; j < columns; ++j) y[i * stride + j] = sum_of(sum[i][j]) + (add ? y[i * stride + j] : 0.0f);
}

template <int rows, int columns>
GRADUS_INLINE void dots_upto(i64 m, i64 n, Pixels<const float> a, Pixels<const float> b, i64 depth, float* y,
                             i64 stride, bool add) {
    if (n < columns) {
        if constexpr (columns > 1) dots_upto<rows, columns - 1>(m, n, a, b, depth, y, stride, add);
    } else if (m < rows) {
        if constexpr (rows > 1) dots_upto<rows - 1, columns>(m, n, a, b, depth, y, stride, add);
    } else {
        dots_of<rows, columns>(a, b, depth, y, stride, add);
    }
}

/// y (M,N) = a (M,K) b^T for the columns first..last of y; b (N,K).
inline void dot_products(Pixels<const float> a, Pixels<const float> b, float* y, i64 M, i64 N, i64 K, i64 first,
                         i64 last, bool add) {
    for (i64 n = first; n < last; n += dots)
        for (i64 m = 0; m < M; m += dots)
            dots_upto<dots, dots>(least(dots, M - m), least(dots, last - n), {a[m], a.stride}, {b[n], b.stride}, K,
                                  y + m * N + n, N, add);
}

}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
