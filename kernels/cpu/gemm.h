#pragma once
// The product that convolutions and matmul share: [rows x depth] [depth x columns], in tiles whose sums stay
// in registers.
//
// The right side is packed in panels of `panel` columns, each panel depth x panel, contiguous; the last one
// is as narrow as whole vectors allow, the columns that are missing are 0. The left side is read where it
// lies, one value at a time.
#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int tile_rows = 12;  // 12 x 2 sums + 2 of the panel in 32 registers
#else
constexpr int tile_rows = 6;  // 6 x 2 sums + 2 of the panel + 1 broadcast in 16 registers
#endif
constexpr int panel = 2 * lanes;

// Floats in a packed right side.
GRADUS_INLINE i64 packed_floats(i64 depth, i64 columns) { return depth * round_up(columns, lanes); }

/// The left side. rows: value (r,k) lies at data[r * stride + k]; columns: at data[k * stride + r], a
/// transposed matrix.
enum class Along { rows, columns };

struct Left {
    const float* data;
    i64 stride;
};

// Some columns of the right side; row k starts at data[k * stride].
struct Right {
    const float* data;
    i64 stride;
};

/// A packed right side, and one that is read where it lies (its rows must be readable to the end of a vector).
struct Packed {
    const float* data;
    i64 depth;
    GRADUS_INLINE Right from(i64 column, i64 width) const { return {data + column * depth, width}; }
};
struct Loose {
    const float* data;
    i64 stride;
    GRADUS_INLINE Right from(i64 column, i64) const { return {data + column, stride}; }
};

// One tile: `out(row, column, sums)` gets rows x vectors sums.
template <Along along, int rows, int vectors, class Out>
void tile(Left a, Right b, i64 depth, i64 row, i64 column, const Out& out) {
    // Clang takes what a template deduces to be aligned to the whole vector, whatever `vec` says.
    alignas(sizeof(vec)) vec sum[rows][vectors] = {};
    const float* __restrict right = b.data;
    const float* __restrict left = a.data;
    for (i64 k = 0; k < depth; ++k) {
        vec bv[vectors];
#pragma GCC unroll 16
        for (int v = 0; v < vectors; ++v) bv[v] = load(right + v * lanes);
#pragma GCC unroll 16
        for (int r = 0; r < rows; ++r) {
            const float s = along == Along::rows ? left[r * a.stride] : left[r];
#pragma GCC unroll 16
            for (int v = 0; v < vectors; ++v) sum[r][v] = multiply_add(s, bv[v], sum[r][v]);
        }
        right += b.stride;
        left += along == Along::rows ? 1 : a.stride;
    }
    out(row, column, sum);
}

template <Along along, int rows, int vectors, class Out>
GRADUS_INLINE void tile_of(i64 n, Left a, Right b, i64 depth, i64 row, i64 column, const Out& out) {
    if (n == rows)
        tile<along, rows, vectors>(a, b, depth, row, column, out);
    else if constexpr (rows > 1)
        tile_of<along, rows - 1, vectors>(n, a, b, depth, row, column, out);
}

// Tiles of nearly equal height: 49 rows are 10+10+10+10+9, not 12+12+12+12+1, which would leave the adders
// idle.
template <Along along, int vectors, class Out>
void column_of_tiles(Left a, i64 rows, Right b, i64 depth, i64 column, const Out& out) {
    const i64 tiles = ceil_div(rows, tile_rows), height = rows / tiles, taller = rows % tiles;
    for (i64 t = 0, row = 0; t < tiles; ++t) {
        const i64 n = height + (t < taller);
        const Left at{a.data + row * (along == Along::rows ? a.stride : 1), a.stride};
        tile_of<along, tile_rows, vectors>(n, at, b, depth, row, column, out);
        row += n;
    }
}

/// The panels first..last of a product of `columns` columns; calls out(row, column, sums[rows][vectors]) for every
/// tile.
template <Along along = Along::rows, class B, class Out>
void product(Left a, i64 rows, const B& b, i64 depth, i64 columns, i64 first, i64 last, const Out& out) {
    for (i64 column = first * panel; column < least(columns, last * panel); column += panel)
        if (columns - column > lanes)
            column_of_tiles<along, 2>(a, rows, b.from(column, panel), depth, column, out);
        else
            column_of_tiles<along, 1>(a, rows, b.from(column, lanes), depth, column, out);
}

/// A copy of a tile's sums in memory, for what tiles seldom need: functions that take tiles of any shape. Inlined
/// into each of them, that would be most of a product's code.
template <int rows, int vectors>
struct TileCopy {
    vec sum[rows * vectors];
    GRADUS_INLINE explicit TileCopy(const vec (&from)[rows][vectors]) {
#pragma GCC unroll 16
        for (int r = 0; r < rows; ++r)
#pragma GCC unroll 16
            for (int v = 0; v < vectors; ++v) sum[r * vectors + v] = from[r][v];
    }
};

/// Writes the sums, whole vectors, to a matrix that has room for them.
struct Plain {
    float* y;
    i64 stride;
    template <int rows, int vectors>
    GRADUS_INLINE void operator()(i64 row, i64 column, const vec (&sum)[rows][vectors]) const {
#pragma GCC unroll 16
        for (int r = 0; r < rows; ++r)
#pragma GCC unroll 16
            for (int v = 0; v < vectors; ++v) store(y + (row + r) * stride + column + v * lanes, sum[r][v]);
    }
};

/// Adds the sums onto such a matrix.
struct Add {
    float* y;
    i64 stride;
    template <int rows, int vectors>
    GRADUS_INLINE void operator()(i64 row, i64 column, const vec (&sum)[rows][vectors]) const {
#pragma GCC unroll 16
        for (int r = 0; r < rows; ++r)
#pragma GCC unroll 16
            for (int v = 0; v < vectors; ++v) {
                float* at = y + (row + r) * stride + column + v * lanes;
                store(at, load(at) + sum[r][v]);
            }
    }
};

}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
