// Convolution as one product [pixels x RSC] [RSC x K] per group. What a block of pixels sees through the
// filter is gathered into scratch that stays in the cache, which takes any stride, padding, dilation and
// groups; a 1x1 convolution needs none of it and reads the activations where they are.
#include "kernels/conv2d.h"
#include "kernels/cpu/conv2d_columns.h"
#include "kernels/cpu/conv2d_filters.h"
#include "kernels/cpu/conv2d_finish.h"
#include "kernels/cpu/gemm.h"
#include "kernels/cpu/parallel.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

// The work is cut into blocks of pixels times chunks of output channels, by the shape alone.
struct Cut {
    i64 depth, step;    // values that a pixel sees, and the distance between two pixels in scratch
    i64 block, blocks;  // pixels
    i64 rows;  // pixels of a block that are finished before the next: one tile, if the filters stay in the cache
    i64 chunk, chunks;    // panels
    i64 columns, panels;  // of a group
};

Cut cut(const Conv2dShape& z) {
    Cut c;
    const i64 pixels = z.N * z.P * z.Q;
    c.depth = z.R * z.S * (z.C / z.groups);
    c.step = round_up(c.depth, lanes) + 16;
    c.columns = z.K / z.groups;
    c.panels = ceil_div(c.columns, panel);
    const i64 most_pixels = most(2 * tile_rows, least(8 * tile_rows, 64 * 1024 / c.step / tile_rows * tile_rows));
    c.block = even_part(pixels, most_pixels);
    c.blocks = ceil_div(pixels, c.block);
    // Few pixels: every block is cut again, along the channels, until there is work for a dozen threads.
    c.chunk = ceil_div(c.panels, least(c.panels, ceil_div(12, c.blocks * z.groups)));
    c.chunks = ceil_div(c.panels, c.chunk);
    const bool filters_stay = c.depth * c.chunk * panel <= 64 * 1024;
    c.rows = filters_stay ? even_part(c.block, tile_rows) : c.block;
    return c;
}

// packed [groups][panels][R,S,C][panel]
void pack(const Filters& f, i64 groups, float* packed, Stream stream) {
    const i64 depth = f.R * f.S * f.inputs, group_floats = packed_floats(depth, f.outputs);
    const i64 panels = ceil_div(f.outputs, panel);
    parallel_for(stream, groups * panels, [&](i64 task, int) {
        const i64 group = task / panels, first = task % panels * panel;
        const i64 width = least(panel, round_up(f.outputs, lanes) - first), count = least(width, f.outputs - first);
        float* to = packed + group * group_floats + first * depth;
        for (i64 c = 0; c < f.inputs; ++c)
            for (i64 r = 0; r < f.R; ++r)
                for (i64 s = 0; s < f.S; ++s) {
                    float* at = to + ((r * f.S + s) * f.inputs + c) * width;
                    for (i64 k = 0; k < count; ++k) at[k] = f(group, first + k, c, r, s);
                    for (i64 k = count; k < width; ++k) at[k] = 0;
                }
    });
}

template <class T>
void convolve(Pixels<const T> x, const void* w, const Conv2dShape& z, const Finish<T>& finish, std::byte* scratch,
              Stream stream) {
    const auto* packed = static_cast<const float*>(w);
    const Cut c = cut(z);
    const i64 pixels = z.N * z.P * z.Q, C = z.C / z.groups;
    // Rows a multiple of 4 KiB apart would all meet in the same few sets of the first-level cache: gather
    // those too, and what has to be widened.
    const bool in_place = std::is_same_v<T, float> && z.R == 1 && z.S == 1 && z.stride_h == 1 && z.stride_w == 1 &&
                          z.pad_h == 0 && z.pad_w == 0 && z.P == z.H && z.Q == z.W && x.stride % 1024 != 0;
    parallel_for(stream, c.blocks * z.groups * c.chunks, [&](i64 task, int thread) {
        const i64 chunk = task % c.chunks, group = task / c.chunks % z.groups,
                  first = task / c.chunks / z.groups * c.block;
        const i64 count = least(c.block, pixels - first);
        const Pixels<const T> in{x.data + group * C, x.stride};
        Left left{reinterpret_cast<const float*>(in[first]), x.stride};
        if (!in_place) {
            float* columns = reinterpret_cast<float*>(scratch) + thread * c.block * c.step;
            gather(in, z, first, count, 0, z.R, columns, c.step);
            left = {columns, c.step};
        }
        const Packed right{packed + group * packed_floats(c.depth, c.columns), c.depth};
        const i64 panel_end = least(c.panels, (chunk + 1) * c.chunk);
        for (i64 row = 0; row < count; row += c.rows)
            product(Left{left.data + row * left.stride, left.stride}, least(c.rows, count - row), right, c.depth,
                    c.columns, chunk * c.chunk, panel_end, FinishTile<T>{finish, first + row, group * c.columns});
    });
}

std::size_t packed_bytes(const Conv2dShape& z) {
    return static_cast<std::size_t>(z.groups * packed_floats(z.R * z.S * (z.C / z.groups), z.K / z.groups)) *
           sizeof(float);
}

std::size_t scratch_bytes(const Conv2dShape& z, int threads) {
    const Cut c = cut(z);
    return static_cast<std::size_t>(threads * c.block * c.step) * sizeof(float);
}

}  // namespace

std::size_t conv2d_direct_packed_bytes(const Conv2dShape& z) { return packed_bytes(z); }
std::size_t conv2d_direct_scratch_bytes(const Conv2dShape& z, int threads) { return scratch_bytes(z, threads); }
void conv2d_direct_pack(const float* w, void* packed, const Conv2dShape& z, Stream stream) {
    pack(filters_of(w, z, false), z.groups, static_cast<float*>(packed), stream);
}
void conv2d_direct(Pixels<const float> x, const void* w, const float* bias, Pixels<float> y, const Conv2dShape& z,
                   const Epilogue<float>& epilogue, Write write, std::byte* scratch, Stream stream) {
    convolve(x, w, z, Finish<float>{y, z.K / z.groups, bias, epilogue, write == Write::accumulate}, scratch, stream);
}
void conv2d_direct(Pixels<const bf16> x, const void* w, const float* bias, Pixels<bf16> y, const Conv2dShape& z,
                   const Epilogue<bf16>& epilogue, Write write, std::byte* scratch, Stream stream) {
    convolve(x, w, z, Finish<bf16>{y, z.K / z.groups, bias, epilogue, write == Write::accumulate}, scratch, stream);
}

std::size_t conv2d_direct_input_grad_packed_bytes(const Conv2dShape& z) { return packed_bytes(turned(z)); }
std::size_t conv2d_direct_input_grad_scratch_bytes(const Conv2dShape& z, int threads) {
    return scratch_bytes(turned(z), threads);
}
void conv2d_direct_input_grad_pack(const float* w, void* packed, const Conv2dShape& z, Stream stream) {
    pack(filters_of(w, z, true), z.groups, static_cast<float*>(packed), stream);
}
void conv2d_direct_input_grad(Pixels<const float> dy, const void* w, Pixels<float> dx, const Conv2dShape& z,
                              const Epilogue<float>& epilogue, Write write, std::byte* scratch, Stream stream) {
    const Finish<float> finish{dx, z.C / z.groups, nullptr, epilogue, write == Write::accumulate};
    convolve(dy, w, turned(z), finish, scratch, stream);
}
void conv2d_direct_input_grad(Pixels<const bf16> dy, const void* w, Pixels<bf16> dx, const Conv2dShape& z,
                              const Epilogue<bf16>& epilogue, Write write, std::byte* scratch, Stream stream) {
    const Finish<bf16> finish{dx, z.C / z.groups, nullptr, epilogue, write == Write::accumulate};
    convolve(dy, w, turned(z), finish, scratch, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
