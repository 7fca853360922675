// y = a b in blocks of the depth: a panel of b (as many rows as the block is deep) is copied into scratch that stays in
// the first-level cache and meets the rows of a there. Where y is too small for all threads to find work in it (a Gram
// matrix: few channels, very many pixels) the depth is split too, into parts that depend on the sizes alone, and the
// parts' sums are added in order.
#include "kernels/matmul.h"

#include "kernels/cpu/gemm.h"
#include "kernels/cpu/gemm_dots.h"
#include "kernels/cpu/parallel.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

struct Cut {
    i64 rows, row_chunks;      // of y in a task
    i64 panels, panel_chunks;  // of y in a task
    i64 depth;                 // of a block
    i64 part, parts;           // of the depth
};

Cut cut(const MatmulShape& z) {
    Cut c;
    c.rows = even_part(z.M, 12 * tile_rows);
    c.row_chunks = ceil_div(z.M, c.rows);
    const i64 panels = ceil_div(z.N, panel);
    c.panel_chunks = least(panels, ceil_div(16, c.row_chunks));
    c.panels = ceil_div(panels, c.panel_chunks);
    if (z.M >= 2 * tile_rows) c.panels = least(panels, most(c.panels, 2));
    c.panel_chunks = ceil_div(panels, c.panels);
    c.depth = 192;
    c.parts = most(1, least(ceil_div(16, c.row_chunks * c.panel_chunks), z.K / 1024));
    c.part = round_up(ceil_div(z.K, c.parts), c.depth);
    c.parts = most(1, ceil_div(z.K, c.part));
    return c;
}

/// The sums go to y, or are added to it, and columns beyond its last are dropped.
struct Onto {
    float* y;
    i64 stride, columns;
    bool add;
    template <int rows, int vectors>
    GRADUS_INLINE void operator()(i64 row, i64 column, const vec (&sum)[rows][vectors]) const {
        if (columns - column < vectors * lanes) {
            last_columns(row, column, TileCopy(sum).sum, rows, vectors);
            return;
        }
#pragma GCC unroll 16
        for (int r = 0; r < rows; ++r)
#pragma GCC unroll 16
            for (int v = 0; v < vectors; ++v) {
                float* to = y + (row + r) * stride + column + v * lanes;
                store(to, add ? load(to) + sum[r][v] : sum[r][v]);
            }
    }

private:
    [[gnu::noinline]] void last_columns(i64 row, i64 column, const vec* sum, int rows, int vectors) const {
        for (int r = 0; r < rows; ++r)
            for (int v = 0; v < vectors; ++v) {
                const i64 at = column + v * lanes, count = least(lanes, columns - at);
                float* to = y + (row + r) * stride + at;
                const vec value = sum[r * vectors + v];
                store(to, add ? load(to, count) + value : value, count);
            }
    }
};

// Rows k.. of the panel that starts at `column`, `width` wide; beyond the last column of b zeros.
void pack(Pixels<const float> b, const MatmulShape& z, i64 k, i64 depth, i64 column, i64 width, float* to) {
    const i64 count = least(width, z.N - column);
    if (z.transpose_b) {
        constexpr i64 rows = 32;  // of the panel at once: they stay in the first-level cache
        for (i64 i0 = 0; i0 < depth; i0 += rows)
            for (i64 j = 0; j < count; ++j) {
                const float* from = b[column + j] + k;
                for (i64 i = i0; i < least(depth, i0 + rows); ++i) to[i * width + j] = from[i];
            }
        for (i64 j = count; j < width; ++j)
            for (i64 i = 0; i < depth; ++i) to[i * width + j] = 0;
    } else {
        for (i64 i = 0; i < depth; ++i)
            for (i64 j = 0; j < width; j += lanes) {
                const i64 left = count - j;
                store(to + i * width + j, left > 0 ? load(b[k + i] + column + j, left) : vec{});
            }
    }
}

/// Many rows by a matrix of 3 x 3: the colors of pixels. Nothing is worth being packed.
void mix_three(Pixels<const float> a, Pixels<const float> b, float* y, const MatmulShape& z, Write write,
               Stream stream) {
    float mix[3][3];
    for (int k = 0; k < 3; ++k)
        for (int n = 0; n < 3; ++n) mix[k][n] = z.transpose_b ? b[n][k] : b[k][n];
    parallel_ranges(stream, z.M, 4096, [&](i64 first, i64 last) {
        for (i64 row = first; row < last; ++row)
            for (int n = 0; n < 3; ++n) {
                const float* from = a[row];
                const float sum = from[0] * mix[0][n] + from[1] * mix[1][n] + from[2] * mix[2][n];
                y[row * 3 + n] = write == Write::accumulate ? y[row * 3 + n] + sum : sum;
            }
    });
}

}  // namespace

std::size_t matmul_scratch_bytes(const MatmulShape& z, int threads) {
    const Cut c = cut(z);
    return static_cast<std::size_t>(threads * c.depth * panel + (c.parts > 1 ? c.parts * z.M * z.N : 0)) *
           sizeof(float);
}

void matmul(Pixels<const float> a, Pixels<const float> b, float* y, const MatmulShape& z, Write write,
            std::byte* scratch, Stream stream) {
    if (z.M <= tile_rows && z.transpose_b && !z.transpose_a) {
        parallel_ranges(stream, z.N, 4 * dots, [&](i64 first, i64 last) {
            dot_products(a, b, y, z.M, z.N, z.K, first, last, write == Write::accumulate);
        });
        return;
    }
    if (z.N == 3 && z.K == 3 && !z.transpose_a) {
        mix_three(a, b, y, z, write, stream);
        return;
    }
    const Cut c = cut(z);
    float* panels = reinterpret_cast<float*>(scratch);
    float* parts = panels + stream.threads * c.depth * panel;
    parallel_for(stream, c.parts * c.row_chunks * c.panel_chunks, [&](i64 task, int thread) {
        const i64 panel_chunk = task % c.panel_chunks, row = task / c.panel_chunks % c.row_chunks * c.rows;
        const i64 part = task / c.panel_chunks / c.row_chunks, rows = least(c.rows, z.M - row);
        const i64 first = panel_chunk * c.panels * panel, last = least(z.N, first + c.panels * panel);
        const i64 k0 = part * c.part, k1 = least(z.K, k0 + c.part);
        float* packed = panels + thread * c.depth * panel;
        float* to = (c.parts > 1 ? parts + part * z.M * z.N : y) + row * z.N;
        const bool onto = write == Write::accumulate && c.parts == 1;
        i64 k = k0;
        do {  // once even where K is 0: y is then 0
            const i64 depth = least(c.depth, k1 - k);
            for (i64 column = first; column < last; column += panel) {
                const i64 width = last - column > lanes ? panel : lanes;
                pack(b, z, k, depth, column, width, packed);
                const Onto out{to + column, z.N, z.N - column, onto || k > k0};
                if (z.transpose_a)
                    product<Along::columns>(Left{a[k] + row, a.stride}, rows, Packed{packed, depth}, depth, width, 0, 1,
                                            out);
                else
                    product(Left{a[row] + k, a.stride}, rows, Packed{packed, depth}, depth, width, 0, 1, out);
            }
            k += c.depth;
        } while (k < k1);
    });
    if (c.parts == 1) return;
    parallel_ranges(stream, z.M * z.N, 4096, [&](i64 begin, i64 end) {
        for (i64 i = begin; i < end; ++i) {
            float sum = parts[i];
            for (i64 part = 1; part < c.parts; ++part) sum += parts[part * z.M * z.N + i];
            y[i] = write == Write::accumulate ? y[i] + sum : sum;
        }
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
