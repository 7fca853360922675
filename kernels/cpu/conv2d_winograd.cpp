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
#include "kernels/cpu/gemm.h"
#include "kernels/cpu/parallel.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

constexpr i64 side = 6, products = side * side;

// Blocks, and how their work is cut. Depends on the shape and on the machine's caches, not on the number of threads; no
// value depends on it.
struct Cut {
    i64 out;                // outputs along a tile's side
    i64 across, tiles;      // tiles in a row of tiles, and in all pictures
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
    c.out = side + 1 - z.R;
    c.across = ceil_div(z.Q, c.out);
    c.tiles = z.N * ceil_div(z.P, c.out) * c.across;
    c.tile_step = round_up(z.C, lanes) + 16;
    c.together = c.tiles <= 128 && z.C * z.K >= 8192;
    // Twice as many tiles at once read the filters half as often: 100 ms instead of 111 for VGG-16's convolutions,
    // where 2 MB hold both V and M at 256 channels (0.9 and 0.4 MB).
    const i64 own = second_level_cache() >= 3 << 19 ? 24 : 12;
    c.block = even_part(c.tiles, c.together ? 64 : c.tiles <= 128 ? 14 : own);
    c.blocks = ceil_div(c.tiles, c.block);
    c.point_step = c.block * c.tile_step + lanes;
    c.columns = least(round_up(z.K, lanes), c.together ? panel : 4 * panel);
    c.sum_step = c.block * c.columns + lanes;
    return c;
}

// The points are 0, +-u, +-v and infinity. The usual 1 and 2 lose twice as many digits, and these are exact in binary.
constexpr float u = 0.625f, v = 1.5f;
constexpr float uu = u * u, vv = v * v, uuvv = uu * vv, uu_vv = uu + vv;

GRADUS_INLINE void input_transform(const vec* d, i64 step, vec* o, i64 out_step) {
    const vec d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
    const vec even_u = multiply_add(-vv, d2, d4), odd_u = multiply_add(-vv, d1, d3);
    const vec even_v = multiply_add(-uu, d2, d4), odd_v = multiply_add(-uu, d1, d3);
    o[0] = multiply_add(uuvv, d0, multiply_add(-uu_vv, d2, d4));
    o[out_step] = multiply_add(u, odd_u, even_u);
    o[2 * out_step] = multiply_add(-u, odd_u, even_u);
    o[3 * out_step] = multiply_add(v, odd_v, even_v);
    o[4 * out_step] = multiply_add(-v, odd_v, even_v);
    o[5 * out_step] = multiply_add(uuvv, d1, multiply_add(-uu_vv, d3, d5));
}

template <int out>
GRADUS_INLINE void output_transform(const vec* m, i64 step, vec* o, i64 out_step) {
    const vec even_u = m[step] + m[2 * step], odd_u = m[step] - m[2 * step];
    const vec even_v = m[3 * step] + m[4 * step], odd_v = m[3 * step] - m[4 * step];
    o[0] = m[0] + even_u + even_v;
    if constexpr (out == 2) {
        o[out_step] = multiply_add(u, odd_u, multiply_add(v, odd_v, m[5 * step]));
    } else {
        o[out_step] = multiply_add(u, odd_u, v * odd_v);
        o[2 * out_step] = multiply_add(uu, even_u, vv * even_v);
        o[3 * out_step] = multiply_add(u * uu, odd_u, multiply_add(v * vv, odd_v, m[5 * step]));
    }
}

// The six values of a filter's row or column at the points; taps step apart.
template <int taps>
GRADUS_INLINE void filter_transform(const vec* g, i64 step, vec* o, i64 out_step) {
    const auto at = [&](float point) {  // the polynomial g0 + g1 point + ...
        vec sum = g[(taps - 1) * step];
        for (int i = taps - 2; i >= 0; --i) sum = sum * point + g[i * step];
        return sum;
    };
    o[0] = g[0] * (1 / uuvv);
    o[out_step] = at(u) * (1 / (2 * uu * (uu - vv)));
    o[2 * out_step] = at(-u) * (1 / (2 * uu * (uu - vv)));
    o[3 * out_step] = at(v) * (1 / (2 * vv * (vv - uu)));
    o[4 * out_step] = at(-v) * (1 / (2 * vv * (vv - uu)));
    o[5 * out_step] = g[(taps - 1) * step];
}

// packed [36][panels][C][panel]
template <int taps>
void pack(const Filters& f, float* packed, Stream stream) {
    const i64 vectors = ceil_div(f.outputs, lanes), point_floats = packed_floats(f.inputs, f.outputs);
    parallel_for(stream, vectors, [&](i64 vector, int) {
        const i64 first = vector * lanes, panel_first = first / panel * panel;
        const i64 width = least(panel, vectors * lanes - panel_first), count = least(lanes, f.outputs - first);
        float* to = packed + panel_first * f.inputs + (first - panel_first);
        for (i64 c = 0; c < f.inputs; ++c) {
            vec g[taps * taps] = {}, half[side * taps], out[products];
            for (i64 k = 0; k < count; ++k)
                for (i64 i = 0; i < taps * taps; ++i) g[i][k] = f(0, first + k, c, i / taps, i % taps);
            for (int s = 0; s < taps; ++s) filter_transform<taps>(g + s, taps, half + s, taps);
            for (int r = 0; r < side; ++r) filter_transform<taps>(half + r * taps, 1, out + r * side, 1);
            for (i64 i = 0; i < products; ++i) store(to + i * point_floats + c * width, out[i]);
        }
    });
}

void pack(const Filters& f, void* packed, Stream stream) {
    if (f.R == 3)
        pack<3>(f, static_cast<float*>(packed), stream);
    else
        pack<5>(f, static_cast<float*>(packed), stream);
}

struct Tile {
    i64 picture, p, q;  // the first output
};

Tile tile_at(const Conv2dShape& z, const Cut& c, i64 tile) {
    const i64 down = tile / c.across, high = ceil_div(z.P, c.out);
    return {down / high, down % high * c.out, tile % c.across * c.out};
}

// Tile `tile` of the picture becomes tile `i` of V.
template <class T>
void transform_tile(Pixels<const T> x, const Conv2dShape& z, const Cut& c, i64 tile, i64 i, float* V) {
    const Tile t = tile_at(z, c, tile);
    const T* zeros = reinterpret_cast<const T*>(V + products * c.point_step);
    const T* from[products];
    for (i64 r = 0; r < side; ++r)
        for (i64 s = 0; s < side; ++s) {
            const i64 h = t.p - z.pad_h + r, w = t.q - z.pad_w + s;
            const bool inside = h >= 0 && w >= 0 && h < z.H && w < z.W;
            from[r * side + s] = inside ? x[(t.picture * z.H + h) * z.W + w] : zeros;
        }
    float* to = V + i * c.tile_step;
    for (i64 channel = 0; channel < z.C; channel += lanes) {
        vec d[products], half[products];
        if (z.C - channel >= lanes)
            for (i64 j = 0; j < products; ++j) d[j] = load(from[j] + channel);
        else
            for (i64 j = 0; j < products; ++j) d[j] = load(from[j] + channel, z.C - channel);
        for (int s = 0; s < side; ++s) input_transform(d + s, side, half + s, side);
        for (int r = 0; r < side; ++r) input_transform(half + r * side, 1, d + r * side, 1);
        for (i64 j = 0; j < products; ++j) store(to + j * c.point_step + channel, d[j]);
    }
}

// Columns `first`.. of tile `i` of M, transformed back and written.
template <int out, class T>
void finish_tile(const float* M, const Conv2dShape& z, const Cut& c, i64 tile, i64 i, i64 first, i64 width,
                 const Finish<T>& finish) {
    const Tile t = tile_at(z, c, tile);
    const i64 high = least(out, z.P - t.p), wide = least(out, z.Q - t.q);
    for (i64 column = 0; column < width; column += lanes) {
        const i64 channel = first + column, count = least(lanes, z.K - channel);
        const float* from = M + i * c.columns + column;
        vec m[products], half[out * side], o[out * out];
        for (i64 j = 0; j < products; ++j) m[j] = load(from + j * c.sum_step);
        for (int s = 0; s < side; ++s) output_transform<out>(m + s, side, half + s, side);
        for (int r = 0; r < out; ++r) output_transform<out>(half + r * side, 1, o + r * out, 1);
        const vec bias = finish.bias_at(channel, count), floor = finish.floor();
        finish.choose(
            count, [&](auto how) __attribute__((always_inline)) {
                for (i64 r = 0; r < high; ++r)
                    for (i64 s = 0; s < wide; ++s)
                        finish.template write<decltype(how)::value>((t.picture * z.P + t.p + r) * z.Q + t.q + s,
                                                                    channel, count, o[r * out + s] + bias, floor);
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
        const i64 first_tile = b * c.block, tiles = least(c.block, c.tiles - first_tile);
        float* V = all_tiles + owner * c.transformed_floats();
        zero(V + products * c.point_step, c.tile_step);
        parallel_for(inner, tiles, [&](i64 i, int) { transform_tile(x, z, c, first_tile + i, i, V); });
        parallel_for(inner, ceil_div(z.K, c.columns), [&](i64 chunk, int worker) {
            float* M = all_sums + (c.together ? worker : owner) * c.sum_floats();
            const i64 first = chunk * c.columns, width = least(c.columns, round_up(z.K, lanes) - first);
            for (i64 j = 0; j < products; ++j)
                product(Left{V + j * c.point_step, c.tile_step}, tiles,
                        Packed{packed + j * point_floats + first * z.C, z.C}, z.C, width, 0, ceil_div(width, panel),
                        Plain{M + j * c.sum_step, c.columns});
            for (i64 i = 0; i < tiles; ++i)
                if (c.out == 4)
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
