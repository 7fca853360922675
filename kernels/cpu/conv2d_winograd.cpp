// Winograd's convolution, NHWC: F(4x4,3x3) and F(2x2,5x5). Both cut the input into tiles of 6x6 values and use the same
// six points, so they share the input transform and the 36 products, and differ in the filters' transform and in how
// many outputs (4x4 or 2x2) a tile yields.
//
// A block of tiles at a time: the transformed tiles V [36][tiles][C], then for some panels of output channels the
// products M [36][tiles][columns] and the transform back. Big pictures: a thread takes whole blocks, so small that they
// stay in its second-level cache. Small ones, whose filters are larger than their pictures: all threads work on the
// same block and share its columns, so that the filters stream past once.
//
// paper  Lavin & Gray 2016, Fast Algorithms for Convolutional Neural Networks
#include "kernels/conv2d.h"
#include "kernels/cpu/cache.h"
#include "kernels/cpu/conv2d_filters.h"
#include "kernels/cpu/conv2d_finish.h"
#include "kernels/cpu/conv2d_winograd_tiles.h"
#include "kernels/cpu/gemm.h"
#include "kernels/cpu/parallel.h"
#include "kernels/cpu/simd_stream.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

using namespace winograd;

// Blocks, and how their work is cut. Depends on the shape and on the machine's caches, not on the number of threads; no
// value depends on it.
struct Cut {
    Tiling tiles;
    i64 block, blocks;      // tiles in a block
    i64 tile_step;          // the distance between two transformed tiles at one point
    i64 point_step;         // and between two points of V; + lanes, else all points meet in the same cache sets
    i64 columns, sum_step;  // output channels done at once, and the distance between two points of M
    bool together;

    i64 transformed_floats() const { return products * point_step + tile_step; }  // with a row of zeros
    i64 sum_floats() const { return products * sum_step; }
};

Cut cut(const Conv2dShape& z) {
    Cut c;
    c.tiles = tiling(z);
    c.tile_step = round_up(z.C, lanes) + 16;
    c.together = c.tiles.count <= 128 && z.C * z.K >= 8192;
    // Twice as many tiles at once read the filters half as often: 100 ms instead of 111 for VGG-16's convolutions,
    // where 2 MB hold both V and M at 256 channels (0.9 and 0.4 MB).
    const i64 own = second_level_cache() >= 3 << 19 ? 24 : 12;
    c.block = even_part(c.tiles.count, c.together ? 64 : c.tiles.count <= 128 ? 14 : own);
    c.blocks = ceil_div(c.tiles.count, c.block);
    c.point_step = c.block * c.tile_step + lanes;
    c.columns = least(round_up(z.K, lanes), c.together ? panel : 4 * panel);
    c.sum_step = c.block * c.columns + lanes;
    return c;
}

// packed [36][panels][C][panel]: written past the caches. Training packs its filters anew in every step, for mini 107
// MB: 5.5 ms instead of 16 to 20.
template <int taps>
void pack(const Filters& f, float* packed, Stream stream) {
    const i64 vectors = ceil_div(f.outputs, lanes), point_floats = packed_floats(f.inputs, f.outputs);
    parallel_for(stream, vectors, [&](i64 vector, int) {
        const i64 first = vector * lanes, panel_first = first / panel * panel;
        const i64 width = least(panel, vectors * lanes - panel_first), count = least(lanes, f.outputs - first);
        float* to = packed + panel_first * f.inputs + (first - panel_first);
        for (i64 c = 0; c < f.inputs; ++c) {
            alignas(sizeof(vec)) vec g[taps * taps];  // see gemm.h
            vec rows[side][taps], o[side];
            read_taps(f, first, count, c, g);
            for (int s = 0; s < taps; ++s) {
                filter_transform<taps>([&](int r) { return g[r * taps + s]; }, o);
                for (int r = 0; r < side; ++r) rows[r][s] = o[r];
            }
            for (int r = 0; r < side; ++r) {
                filter_transform<taps>([&](int s) { return rows[r][s]; }, o);
                for (int s = 0; s < side; ++s) store_past_caches(to + (r * side + s) * point_floats + c * width, o[s]);
            }
        }
        finish_stores();
    });
}

void pack(const Filters& f, void* packed, Stream stream) {
    if (f.R == 3)
        pack<3>(f, static_cast<float*>(packed), stream);
    else
        pack<5>(f, static_cast<float*>(packed), stream);
}

/// A vector of a tile's sums, point j at from[j * step], transformed back. Apart from what comes of it, see
/// transform_half.
template <int out>
[[gnu::noinline]] void transform_back(const float* from, i64 step, vec (&y)[out][out]) {
    vec rows[out][side], o[out];
#pragma GCC unroll 6
    for (int s = 0; s < side; ++s) {
        output_transform<out>([&](int r) { return load(from + (r * side + s) * step); }, o);
        for (int r = 0; r < out; ++r) rows[r][s] = o[r];
    }
#pragma GCC unroll 4
    for (int r = 0; r < out; ++r) output_transform<out>([&](int s) { return rows[r][s]; }, y[r]);
}

// Columns `first`.. of tile `i` of M, transformed back and written.
template <int out, class T>
void finish_tile(const float* M, const Conv2dShape& z, const Cut& c, i64 tile, i64 i, i64 first, i64 width,
                 const Finish<T>& finish) {
    const Tile t = c.tiles[tile];
    const i64 high = least(out, z.P - t.p), wide = least(out, z.Q - t.q);
    for (i64 column = 0; column < width; column += lanes) {
        const i64 channel = first + column, count = least(lanes, z.K - channel);
        alignas(sizeof(vec)) vec y[out][out];
        transform_back<out>(M + i * c.columns + column, c.sum_step, y);
        const vec bias = finish.bias_at(channel, count), floor = finish.floor();
        finish.choose(
            count, [&](auto how) __attribute__((always_inline)) {
                for (i64 r = 0; r < high; ++r)
                    for (i64 s = 0; s < wide; ++s)
                        finish.template write<decltype(how)::value>((t.picture * z.P + t.p + r) * z.Q + t.q + s,
                                                                    channel, count, y[r][s] + bias, floor);
            });
    }
}

template <class T>
void convolve(Pixels<const T> x, const void* w, const Conv2dShape& z, const Finish<T>& finish, std::byte* scratch,
              Stream stream) {
    const auto* packed = static_cast<const float*>(w);
    auto* all_tiles = reinterpret_cast<float*>(scratch);
    const Cut c = cut(z);
    const Stream alone{nullptr, 1}, outer = c.together ? alone : stream, inner = c.together ? stream : alone;
    const i64 point_floats = packed_floats(z.C, z.K);
    float* all_sums = all_tiles + outer.threads * c.transformed_floats();
    parallel_for(outer, c.blocks, [&](i64 b, int owner) {
        const i64 first_tile = b * c.block, tiles = least(c.block, c.tiles.count - first_tile);
        float* V = all_tiles + owner * c.transformed_floats();
        float* zeros = V + products * c.point_step;
        zero(zeros, c.tile_step);
        parallel_for(inner, tiles, [&](i64 i, int) {
            transform_tile(x, z, c.tiles[first_tile + i], z.C, reinterpret_cast<const T*>(zeros), V + i * c.tile_step,
                           c.point_step);
        });
        parallel_for(inner, ceil_div(z.K, c.columns), [&](i64 chunk, int worker) {
            float* M = all_sums + (c.together ? worker : owner) * c.sum_floats();
            const i64 first = chunk * c.columns, width = least(c.columns, round_up(z.K, lanes) - first);
            for (i64 j = 0; j < products; ++j)
                product(Left{V + j * c.point_step, c.tile_step}, tiles,
                        Packed{packed + j * point_floats + first * z.C, z.C}, z.C, width, 0, ceil_div(width, panel),
                        Plain{M + j * c.sum_step, c.columns});
            for (i64 i = 0; i < tiles; ++i)
                if (c.tiles.out == 4)
                    finish_tile<4>(M, z, c, first_tile + i, i, first, width, finish);
                else
                    finish_tile<2>(M, z, c, first_tile + i, i, first, width, finish);
        });
    });
}

std::size_t packed_bytes(i64 inputs, i64 outputs) {
    return static_cast<std::size_t>(products * packed_floats(inputs, outputs)) * sizeof(float);
}

std::size_t scratch_bytes(const Conv2dShape& z, int threads) {
    const Cut c = cut(z);
    return static_cast<std::size_t>((c.together ? 1 : threads) * c.transformed_floats() + threads * c.sum_floats()) *
           sizeof(float);
}

}  // namespace

std::size_t conv2d_winograd_packed_bytes(const Conv2dShape& z) { return packed_bytes(z.C, z.K); }
std::size_t conv2d_winograd_scratch_bytes(const Conv2dShape& z, int threads) { return scratch_bytes(z, threads); }
void conv2d_winograd_pack(const float* w, void* packed, const Conv2dShape& z, Stream stream) {
    pack(filters_of(w, z, false), packed, stream);
}
void conv2d_winograd(Pixels<const float> x, const void* w, const float* bias, Pixels<float> y, const Conv2dShape& z,
                     const Epilogue<float>& epilogue, Write write, std::byte* scratch, Stream stream) {
    convolve(x, w, z, Finish<float>{y, z.K, bias, epilogue, write == Write::accumulate}, scratch, stream);
}
void conv2d_winograd(Pixels<const bf16> x, const void* w, const float* bias, Pixels<bf16> y, const Conv2dShape& z,
                     const Epilogue<bf16>& epilogue, Write write, std::byte* scratch, Stream stream) {
    convolve(x, w, z, Finish<bf16>{y, z.K, bias, epilogue, write == Write::accumulate}, scratch, stream);
}

std::size_t conv2d_winograd_input_grad_packed_bytes(const Conv2dShape& z) { return packed_bytes(z.K, z.C); }
std::size_t conv2d_winograd_input_grad_scratch_bytes(const Conv2dShape& z, int threads) {
    return scratch_bytes(turned(z), threads);
}
void conv2d_winograd_input_grad_pack(const float* w, void* packed, const Conv2dShape& z, Stream stream) {
    pack(filters_of(w, z, true), packed, stream);
}
void conv2d_winograd_input_grad(Pixels<const float> dy, const void* w, Pixels<float> dx, const Conv2dShape& z,
                                const Epilogue<float>& epilogue, Write write, std::byte* scratch, Stream stream) {
    convolve(dy, w, turned(z), Finish<float>{dx, z.C, nullptr, epilogue, write == Write::accumulate}, scratch, stream);
}
void conv2d_winograd_input_grad(Pixels<const bf16> dy, const void* w, Pixels<bf16> dx, const Conv2dShape& z,
                                const Epilogue<bf16>& epilogue, Write write, std::byte* scratch, Stream stream) {
    convolve(dy, w, turned(z), Finish<bf16>{dx, z.C, nullptr, epilogue, write == Write::accumulate}, scratch, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
