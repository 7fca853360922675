// Winograd's weight gradient, NHWC: the convolution of conv2d_winograd.cpp, transposed. That is linear in the filters:
// y = A' (U * V) A with U the transformed filters and V the transformed input. So dU = sum over tiles of V (A dy A'),
// and the transform of the filters, transposed, makes dw of it: 36 products [K x tiles] [tiles x C].
//
// A task makes some rows and columns of dU from some of the tiles: block by block it transforms x and dy into V
// [36][tiles][columns] and G = A dy A' [36][tiles][rows], and adds their products onto its sums [36][rows][columns],
// all in its second-level cache. Tasks wait for each other once at most, before the sums of the parts are added, in
// order.
//
// paper  Lavin & Gray 2016, Fast Algorithms for Convolutional Neural Networks

#include "kernels/conv2d.h"
#include "kernels/cpu/conv2d_filters.h"
#include "kernels/cpu/conv2d_winograd_tiles.h"
#include "kernels/cpu/gemm.h"
#include "kernels/cpu/parallel.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

using namespace winograd;

// How the work is cut: by the shape alone, since the order of sums depends on it.
struct Cut {
    Tiling tiles;
    i64 rows, columns;   // of dU [K][C] in a piece
    i64 across, pieces;  // pieces side by side, and all of them
    i64 part, parts;     // tiles in a task, and tasks for a piece
    i64 block;           // tiles transformed at once
    i64 c_step, k_step;  // the distances between two tiles of V, which is that between two rows of sums, and of G
    i64 v_step, g_step;  // between two points of them; + lanes, else all points meet in the same cache sets
    i64 sum_step;        // and between two points of the sums

    i64 zero_floats() const { return most(c_step, k_step); }
    i64 transformed_floats() const { return products * (v_step + g_step); }
    i64 sum_floats() const { return products * sum_step; }
    i64 floats(i64 threads) const {
        return zero_floats() + threads * transformed_floats() + (parts > 1 ? parts * pieces : threads) * sum_floats();
    }
};

Cut cut(const Conv2dShape& z) {
    Cut c;
    c.tiles = tiling(z);
    // 64 x 64 sums and 32 tiles are 0.6 MB each. Larger pieces transform less and smaller ones load less: pieces of
    // 48 x 96 to 128 x 128 and blocks of 16 to 32 are within 10 % of each other.
    c.rows = even_part(z.K, 64), c.columns = round_up(even_part(z.C, 64), panel);
    c.across = ceil_div(z.C, c.columns);
    c.pieces = ceil_div(z.K, c.rows) * c.across;
    c.c_step = round_up(least(c.columns, z.C), lanes), c.k_step = round_up(c.rows, lanes);
    c.sum_step = c.rows * c.c_step + lanes;
    // Enough tasks for many threads, unless that makes them short, or their sums large.
    const i64 budget = 4 << 20;  // floats
    const i64 fit = least(budget / (c.pieces * c.sum_floats()), 16 / c.pieces);
    c.part = ceil_div(c.tiles.count, most(1, least(fit, c.tiles.count / 64)));
    c.parts = ceil_div(c.tiles.count, c.part);
    c.block = even_part(c.part, 32);
    c.v_step = c.block * c.c_step + lanes, c.g_step = c.block * c.k_step + lanes;
    return c;
}

/// A vector of the gradients of a tile's outputs, transformed as `transform_half` does its inputs.
template <int out>
[[gnu::noinline]] void transform_outputs(const Vectors<out * out>& y, float* to, i64 point_step) {
    vec rows[side][out], o[side];
#pragma GCC unroll 4
    for (i64 s = 0; s < out; ++s) {
        output_gradient<out>([&](i64 r) { return y[r * out + s]; }, o);
        for (i64 r = 0; r < side; ++r) rows[r][s] = o[r];
    }
#pragma GCC unroll 6
    for (i64 r = 0; r < side; ++r) {
        output_gradient<out>([&](i64 s) { return rows[r][s]; }, o);
        for (i64 s = 0; s < side; ++s) store(to + (r * side + s) * point_step, o[s]);
    }
}

template <int out, class T>
void transform_gradient(Pixels<const T> dy, const Conv2dShape& z, const Tile& t, i64 channels, const T* zeros,
                        float* to, i64 point_step) {
    const T* from[out * out];
    for (i64 r = 0; r < out; ++r)
        for (i64 s = 0; s < out; ++s) {
            const bool inside = t.p + r < z.P && t.q + s < z.Q;
            from[r * out + s] = inside ? dy[(t.picture * z.P + t.p + r) * z.Q + t.q + s] : zeros;
        }
    for (i64 channel = 0; channel < channels; channel += lanes)
        transform_outputs<out>(Vectors<out * out>(from, channel, channels), to + channel, point_step);
}

// The sums of a row of dU, those of all parts, transformed back to dw.
template <int taps>
void finish_row(const float* sums, i64 point_step, i64 parts, i64 part_step, i64 channels, float* dw, Write write) {
    for (i64 channel = 0; channel < channels; channel += lanes) {
        vec rows[taps][side], o[taps];
        alignas(sizeof(vec)) vec g[taps * taps];  // see gemm.h
        for (i64 s = 0; s < side; ++s) {
            const auto sum = [&](i64 r) {
                const float* at = sums + (r * side + s) * point_step + channel;
                vec all = load(at);
                for (i64 part = 1; part < parts; ++part) all += load(at + part * part_step);
                return all;
            };
            filter_gradient<taps>(sum, o);
            for (i64 r = 0; r < taps; ++r) rows[r][s] = o[r];
        }
        for (i64 r = 0; r < taps; ++r) filter_gradient<taps>([&](i64 s) { return rows[r][s]; }, g + r * taps);
        write_taps(g, least(lanes, channels - channel), dw + channel * taps * taps, write);
    }
}

template <int taps, class T>
void weight_grad(Pixels<const T> x, Pixels<const T> dy, float* dw, const Conv2dShape& z, Write write,
                 std::byte* scratch, Stream stream) {
    const Cut c = cut(z);
    float* nothing = reinterpret_cast<float*>(scratch);
    float* all_tiles = nothing + c.zero_floats();
    float* all_sums = all_tiles + stream.threads * c.transformed_floats();
    zero(nothing, c.zero_floats());
    const T* zeros = reinterpret_cast<const T*>(nothing);
    const auto finish = [&](const float* sums, i64 k, i64 row, i64 channel) {
        finish_row<taps>(sums + row * c.c_step, c.sum_step, c.parts, c.pieces * c.sum_floats(),
                         least(c.columns, z.C - channel), dw + (k * z.C + channel) * taps * taps, write);
    };
    parallel_for(stream, c.parts * c.pieces, [&](i64 task, int thread) {
        const i64 piece = task % c.pieces, begin = task / c.pieces * c.part;
        const i64 end = least(begin + c.part, c.tiles.count);
        const i64 k = piece / c.across * c.rows, channel = piece % c.across * c.columns;
        const i64 rows = least(c.rows, z.K - k), columns = least(c.columns, z.C - channel);
        float *V = all_tiles + thread * c.transformed_floats(), *G = V + products * c.v_step;
        float* sums = all_sums + (c.parts > 1 ? task : thread) * c.sum_floats();
        for (i64 first = begin; first < end; first += c.block) {
            const i64 tiles = least(c.block, end - first);
            for (i64 i = 0; i < tiles; ++i) {
                const Tile t = c.tiles[first + i];
                transform_tile(Pixels<const T>{x.data + channel, x.stride}, z, t, columns, zeros, V + i * c.c_step,
                               c.v_step);
                transform_gradient<side + 1 - taps>(Pixels<const T>{dy.data + k, dy.stride}, z, t, rows, zeros,
                                                    G + i * c.k_step, c.g_step);
            }
            for (i64 j = 0; j < products; ++j) {
                const auto multiply = [&](const auto& out) {
                    product<Along::columns>(Left{G + j * c.g_step, c.k_step}, rows, Loose{V + j * c.v_step, c.c_step},
                                            tiles, columns, 0, ceil_div(columns, panel), out);
                };
                if (first == begin)
                    multiply(Plain{sums + j * c.sum_step, c.c_step});
                else
                    multiply(Add{sums + j * c.sum_step, c.c_step});
            }
        }
        if (c.parts == 1)
            for (i64 row = 0; row < rows; ++row) finish(sums, k + row, row, channel);
    });
    if (c.parts == 1) return;
    parallel_for(stream, z.K * c.across, [&](i64 task, int) {
        const i64 k = task / c.across, column = task % c.across;
        finish(all_sums + (k / c.rows * c.across + column) * c.sum_floats(), k, k % c.rows, column * c.columns);
    });
}

template <class T>
void weight_grad_of(Pixels<const T> x, Pixels<const T> dy, float* dw, const Conv2dShape& z, Write write,
                    std::byte* scratch, Stream stream) {
    if (z.R == 3)
        weight_grad<3>(x, dy, dw, z, write, scratch, stream);
    else
        weight_grad<5>(x, dy, dw, z, write, scratch, stream);
}

}  // namespace

std::size_t conv2d_winograd_weight_grad_scratch_bytes(const Conv2dShape& z, int threads) {
    return static_cast<std::size_t>(cut(z).floats(threads)) * sizeof(float);
}

void conv2d_winograd_weight_grad(Pixels<const float> x, Pixels<const float> dy, float* dw, const Conv2dShape& z,
                                 Write write, std::byte* scratch, Stream stream) {
    weight_grad_of(x, dy, dw, z, write, scratch, stream);
}
void conv2d_winograd_weight_grad(Pixels<const bf16> x, Pixels<const bf16> dy, float* dw, const Conv2dShape& z,
                                 Write write, std::byte* scratch, Stream stream) {
    weight_grad_of(x, dy, dw, z, write, scratch, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
