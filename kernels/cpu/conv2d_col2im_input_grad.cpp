// The input gradient as one product [pixels of dy x K] [K x RSC] per group, whose rows are then added onto those pixels
// of dx that the pixel of dy saw. No zeros are multiplied, which a convolution of dy would do for strides, and the
// columns are full even where x has three channels.
//
// One task owns a block of rows of dx and recomputes the rows of dy at its edges, so every pixel is summed by one
// thread, in one order.
#include "kernels/conv2d.h"
#include "kernels/cpu/conv2d_finish.h"
#include "kernels/cpu/gemm.h"
#include "kernels/cpu/parallel.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

struct Cut {
    i64 C, K;            // of a group
    i64 depth, columns;  // K; RSC
    i64 rows, blocks;    // rows of dx in a block, blocks in a picture
    i64 width;           // of a padded row of dx: whatever the pixels of dy see
    i64 pixels, step;    // pixels of dy at once, and the distance of their columns

    i64 sum_floats() const { return round_up(rows * width * C + lanes, lanes); }
    i64 column_floats() const { return pixels * step; }
    i64 wide_floats() const { return pixels * K; }  // these pixels of dy as floats, where they are stored in bf16
    i64 floats() const { return sum_floats() + column_floats() + round_up(wide_floats(), lanes); }
};

Cut cut(const Conv2dShape& z) {
    Cut c;
    c.C = z.C / z.groups, c.K = z.K / z.groups;
    c.columns = z.R * z.S * c.C;
    c.rows = even_part(z.H, most(ceil_div(z.H, 16), 6 * z.R * z.dilation_h));
    c.blocks = ceil_div(z.H, c.rows);
    c.width = most(z.pad_w + z.W, (z.Q - 1) * z.stride_w + (z.S - 1) * z.dilation_w + 1);
    c.step = round_up(c.columns, lanes) + 16;
    c.pixels = least(z.Q, most(2 * tile_rows, 48 * 1024 / c.step / tile_rows * tile_rows));
    return c;
}

GRADUS_INLINE void add(float* to, const float* from, i64 n) {
    for (; n >= lanes; n -= lanes, to += lanes, from += lanes) store(to, load(to) + load(from));
    for (i64 i = 0; i < n; ++i) to[i] += from[i];
}

// Adds the columns of pixel q of a row of dy: its filter row r goes to row r * dilation_h of `sums`.
void add_columns(const Conv2dShape& z, const Cut& c, const float* columns, i64 q, i64 r0, i64 r1, float* sums) {
    const i64 run = z.S * c.C;
    for (i64 r = r0; r < r1; ++r) {
        float* to = sums + ((r - r0) * z.dilation_h * c.width + q * z.stride_w) * c.C;
        if (z.dilation_w == 1)
            add(to, columns + r * run, run);
        else
            for (i64 s = 0; s < z.S; ++s) add(to + s * z.dilation_w * c.C, columns + r * run + s * c.C, c.C);
    }
}

// Pixels of dy as the left side of a product: where they lie, or widened.
GRADUS_INLINE Left left_side(Pixels<const float> dy, i64 first, i64, i64, float*) { return {dy[first], dy.stride}; }
GRADUS_INLINE Left left_side(Pixels<const bf16> dy, i64 first, i64 count, i64 K, float* wide) {
    for (i64 i = 0; i < count; ++i) copy(wide + i * K, dy[first + i], K);
    return {wide, K};
}

// Rows h0..h1 of one picture's dx, one group.
template <class T>
void block_of_rows(Pixels<const T> dy, const float* packed, const Conv2dShape& z, const Cut& c, i64 picture, i64 h0,
                   i64 h1, float* sums, float* columns) {
    zero(sums, c.sum_floats());
    const i64 reach = (z.R - 1) * z.dilation_h;
    const i64 p0 = ceil_div(most(0, h0 + z.pad_h - reach), z.stride_h);
    const i64 p1 = least(z.P, ceil_div(h1 + z.pad_h, z.stride_h));
    for (i64 p = p0; p < p1; ++p) {
        const i64 h = p * z.stride_h - z.pad_h;
        const i64 r0 = ceil_div(most(0, h0 - h), z.dilation_h), r1 = least(z.R, ceil_div(h1 - h, z.dilation_h));
        if (r0 >= r1) continue;
        const i64 first = r0 * z.S * c.C / panel, last = ceil_div(r1 * z.S * c.C, panel);
        for (i64 q = 0; q < z.Q; q += c.pixels) {
            const i64 count = least(c.pixels, z.Q - q);
            const Left left = left_side(dy, (picture * z.P + p) * z.Q + q, count, c.K, columns + c.column_floats());
            product(left, count, Packed{packed, c.K}, c.K, c.columns, first, last, Plain{columns, c.step});
            for (i64 i = 0; i < count; ++i)
                add_columns(z, c, columns + i * c.step, q + i, r0, r1,
                            sums + (h + r0 * z.dilation_h - h0) * c.width * c.C);
        }
    }
}

template <class T>
void input_grad(Pixels<const T> dy, const void* w, const Conv2dShape& z, const Finish<T>& finish, std::byte* scratch,
                Stream stream) {
    const Cut c = cut(z);
    parallel_for(stream, z.N * c.blocks * z.groups, [&](i64 task, int thread) {
        const i64 group = task % z.groups, block = task / z.groups % c.blocks, picture = task / z.groups / c.blocks;
        const i64 h0 = block * c.rows, h1 = least(z.H, h0 + c.rows);
        float* sums = reinterpret_cast<float*>(scratch) + thread * c.floats();
        const float* packed = static_cast<const float*>(w) + group * packed_floats(c.K, c.columns);
        block_of_rows(Pixels<const T>{dy.data + group * c.K, dy.stride}, packed, z, c, picture, h0, h1, sums,
                      sums + c.sum_floats());
        for (i64 h = h0; h < h1; ++h)
            for (i64 v = 0; v < z.W; ++v) {
                const float* from = sums + ((h - h0) * c.width + z.pad_w + v) * c.C;
                for (i64 i = 0; i < c.C; i += lanes) {
                    const i64 count = least(lanes, c.C - i);
                    finish.template write<Written::part>((picture * z.H + h) * z.W + v, group * c.C + i, count,
                                                         load(from + i, count), finish.floor());
                }
            }
    });
}

}  // namespace

std::size_t conv2d_col2im_input_grad_packed_bytes(const Conv2dShape& z) {
    const Cut c = cut(z);
    return static_cast<std::size_t>(z.groups * packed_floats(c.K, c.columns)) * sizeof(float);
}

std::size_t conv2d_col2im_input_grad_scratch_bytes(const Conv2dShape& z, int threads) {
    const Cut c = cut(z);
    return static_cast<std::size_t>(threads * c.floats()) * sizeof(float);
}

// packed [groups][panels][K][panel], the columns in the order (r, s, c)
void conv2d_col2im_input_grad_pack(const float* w, void* packed, const Conv2dShape& z, Stream stream) {
    const Cut c = cut(z);
    const i64 padded = round_up(c.columns, lanes), panels = ceil_div(padded, panel), taps = z.R * z.S;
    parallel_for(stream, z.groups * panels, [&](i64 task, int) {
        const i64 group = task / panels, first = task % panels * panel, width = least(panel, padded - first);
        float* to = static_cast<float*>(packed) + group * packed_floats(c.K, c.columns) + first * c.K;
        for (i64 k = 0; k < c.K; ++k)
            for (i64 i = 0; i < width; ++i) {
                const i64 tap = (first + i) / c.C, channel = (first + i) % c.C;
                to[k * width + i] = tap < taps ? w[((group * c.K + k) * c.C + channel) * taps + tap] : 0;
            }
    });
}

void conv2d_col2im_input_grad(Pixels<const float> dy, const void* w, Pixels<float> dx, const Conv2dShape& z,
                              const Epilogue<float>& epilogue, Write write, std::byte* scratch, Stream stream) {
    input_grad(dy, w, z, Finish<float>{dx, z.C, nullptr, epilogue, write == Write::accumulate}, scratch, stream);
}
void conv2d_col2im_input_grad(Pixels<const bf16> dy, const void* w, Pixels<bf16> dx, const Conv2dShape& z,
                              const Epilogue<bf16>& epilogue, Write write, std::byte* scratch, Stream stream) {
    input_grad(dy, w, z, Finish<bf16>{dx, z.C, nullptr, epilogue, write == Write::accumulate}, scratch, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
