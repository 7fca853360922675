// A matrix in pieces, each transposed by one thread. Few rows are interleaved and few columns taken apart, each in one
// pass over long runs. Else tiles of 16x16 go through the first-level cache: their rows are read as they lie in x, and
// written as they lie in y, so that both touch every line of memory once.
#include "kernels/transpose.h"

#include <type_traits>

#include "kernels/cpu/parallel.h"
#include "kernels/cpu/pixel_runs.h"
#include "kernels/cpu/simd_transpose.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

constexpr i64 few = 4, tile = 16, piece = 64, long_piece = 1 << 12;

/// A piece of a matrix: y(c,r) = x(r,c) for `rows` r and `columns` c.
template <class T>
struct Piece {
    const T* x;
    i64 x_stride;
    T* y;
    i64 y_stride, rows, columns;
};

/// n rows of x, n values of every row of y: these lie without gaps.
template <int n, bool accumulate, class T>
void interleave(const Piece<T>& p) {
    const T* __restrict x = p.x;
    T* __restrict y = p.y;
    const i64 stride = p.x_stride;
    for (i64 c = 0; c < p.columns; ++c)
        for (int r = 0; r < n; ++r) put<accumulate>(y + c * n + r, x + r * stride + c, 1);
}

/// n values in every row of x, which lie without gaps, and n rows of y.
template <int n, bool accumulate, class T>
void take_apart(const Piece<T>& p) {
    const T* __restrict x = p.x;
    T* __restrict y = p.y;
    const i64 stride = p.y_stride;
    for (i64 r = 0; r < p.rows; ++r)
        for (int c = 0; c < n; ++c) put<accumulate>(y + c * stride + r, x + r * n + c, 1);
}

template <bool accumulate, class T>
void through_tile(const T* x, i64 x_stride, T* y, i64 y_stride, i64 rows, i64 columns) {
    T kept[tile][tile];
    if constexpr (std::is_same_v<T, float>)
        if (rows == tile && columns == tile) {
            for (i64 r = 0; r < tile; r += lanes)
                for (i64 c = 0; c < tile; c += lanes) {
                    alignas(sizeof(vec)) vec square[lanes];  // see gemm.h
                    for (int i = 0; i < lanes; ++i) square[i] = load(x + (r + i) * x_stride + c);
                    transpose_square(square);
                    for (int i = 0; i < lanes; ++i) {
                        float* to = y + (c + i) * y_stride + r;
                        store(to, accumulate ? load(to) + square[i] : square[i]);
                    }
                }
            return;
        }
    if (rows == tile && columns == tile) {  // extents that the compiler knows
        for (i64 r = 0; r < tile; ++r)
            for (i64 c = 0; c < tile; ++c) kept[c][r] = x[r * x_stride + c];
        for (i64 c = 0; c < tile; ++c) put<accumulate>(y + c * y_stride, kept[c], tile);
        return;
    }
    for (i64 r = 0; r < rows; ++r)
        for (i64 c = 0; c < columns; ++c) kept[c][r] = x[r * x_stride + c];
    for (i64 c = 0; c < columns; ++c) put<accumulate>(y + c * y_stride, kept[c], rows);
}

template <bool accumulate, class T>
void tiles(const Piece<T>& p) {
    for (i64 r = 0; r < p.rows; r += tile)
        for (i64 c = 0; c < p.columns; c += tile)
            through_tile<accumulate>(p.x + r * p.x_stride + c, p.x_stride, p.y + c * p.y_stride + r, p.y_stride,
                                     least(tile, p.rows - r), least(tile, p.columns - c));
}

template <int n, bool accumulate, class T>
bool narrow(const Piece<T>& p) {
    if (p.rows == n && p.y_stride == n)
        interleave<n, accumulate>(p);
    else if (p.columns == n && p.x_stride == n)
        take_apart<n, accumulate>(p);
    else
        return false;
    return true;
}

template <bool accumulate, class T>
void pieces(Pixels<const T> x, Pixels<T> y, const TransposeShape& s, Stream stream) {
    if (s.batch * s.R * s.C == 0) return;
    const i64 rows = s.C <= few ? long_piece : least(s.R, piece), columns = s.R <= few ? long_piece : least(s.C, piece);
    const i64 down = (s.R + rows - 1) / rows, across = (s.C + columns - 1) / columns;
    parallel_ranges(stream, s.batch * down * across, rows_per_block(least(rows, s.R) * least(columns, s.C)),
                    [&](i64 first, i64 last) {
                        for (i64 i = first; i < last; ++i) {
                            const i64 b = i / across / down, r = i / across % down * rows, c = i % across * columns;
                            const Piece<T> p{x[b * s.R + r] + c,   x.stride,
                                             y[b * s.C + c] + r,   y.stride,
                                             least(rows, s.R - r), least(columns, s.C - c)};
                            if (!narrow<2, accumulate>(p) && !narrow<3, accumulate>(p) && !narrow<4, accumulate>(p))
                                tiles<accumulate>(p);
                        }
                    });
}

template <class T>
void choose(Pixels<const T> x, Pixels<T> y, const TransposeShape& s, Write write, Stream stream) {
    if (write == Write::accumulate)
        pieces<true>(x, y, s, stream);
    else
        pieces<false>(x, y, s, stream);
}

}  // namespace

void transpose(Pixels<const float> x, Pixels<float> y, const TransposeShape& s, Write write, Stream stream) {
    choose(x, y, s, write, stream);
}
void transpose(Pixels<const bf16> x, Pixels<bf16> y, const TransposeShape& s, Write write, Stream stream) {
    choose(x, y, s, write, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
