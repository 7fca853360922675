// The weight gradient as products [channels of dy x pixels] [pixels x SC], one per filter row r: the rows of y one
// after the other, each gathered into scratch and added onto the sums of a task, which are some channels of dy times
// one filter row. Rows are summed apart and then added, in a fixed order.
#include "kernels/conv2d.h"
#include "kernels/cpu/conv2d_columns.h"
#include "kernels/cpu/gemm.h"
#include "kernels/cpu/parallel.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

struct Cut {
    i64 C, K;              // of a group
    i64 columns, step;     // SC, and the distance between two pixels' columns
    i64 pixels;            // of a row of y, gathered at once
    i64 channels, chunks;  // of dy in a task; tasks per group and filter row
    // scratch of a thread: sums, gathered columns, and the pixels of dy as floats, where they are stored in bf16
    i64 floats() const { return (channels + pixels) * step + round_up(pixels * channels, lanes); }
};

Cut cut(const Conv2dShape& z) {
    Cut c;
    c.C = z.C / z.groups, c.K = z.K / z.groups;
    c.columns = z.S * c.C;
    c.step = round_up(c.columns, lanes) + 16;
    c.pixels = least(z.Q, 64);
    c.channels = even_part(c.K, 24);
    c.chunks = ceil_div(c.K, c.channels);
    return c;
}

// `channels` of `count` pixels of dy as the left side of a product: where they lie, or widened.
GRADUS_INLINE Left left_side(const float* dy, i64 stride, i64, i64, float*) { return {dy, stride}; }
GRADUS_INLINE Left left_side(const bf16* dy, i64 stride, i64 count, i64 channels, float* wide) {
    for (i64 i = 0; i < count; ++i) copy(wide + i * channels, dy + i * stride, channels);
    return {wide, channels};
}

template <class T>
void weight_grad(Pixels<const T> x, Pixels<const T> dy, float* dw, const Conv2dShape& z, Write write,
                 std::byte* scratch, Stream stream) {
    const Cut c = cut(z);
    parallel_for(stream, z.groups * z.R * c.chunks, [&](i64 task, int thread) {
        const i64 r = task % z.R, chunk = task / z.R % c.chunks, group = task / z.R / c.chunks;
        const i64 k0 = chunk * c.channels, channels = least(c.channels, c.K - k0);
        float* sums = reinterpret_cast<float*>(scratch) + thread * c.floats();
        float* columns = sums + c.channels * c.step;
        const Pixels<const T> in{x.data + group * c.C, x.stride};
        zero(sums, c.channels * c.step);
        for (i64 row = 0; row < z.N * z.P; ++row) {
            const i64 h = row % z.P * z.stride_h - z.pad_h + r * z.dilation_h;
            if (h < 0 || h >= z.H) continue;
            for (i64 q = 0; q < z.Q; q += c.pixels) {
                const i64 first = row * z.Q + q, count = least(c.pixels, z.Q - q);
                gather(in, z, first, count, r, r + 1, columns, c.step);
                const Left left =
                    left_side(dy[first] + group * c.K + k0, dy.stride, count, channels, columns + c.pixels * c.step);
                product<Along::columns>(left, channels, Loose{columns, c.step}, count, c.columns, 0,
                                        ceil_div(c.columns, panel), Add{sums, c.step});
            }
        }
        for (i64 k = 0; k < channels; ++k)
            for (i64 s = 0; s < z.S; ++s)
                for (i64 i = 0; i < c.C; ++i) {
                    float& out = dw[(((group * c.K + k0 + k) * c.C + i) * z.R + r) * z.S + s];
                    const float sum = sums[k * c.step + s * c.C + i];
                    out = write == Write::accumulate ? out + sum : sum;
                }
    });
}

}  // namespace

std::size_t conv2d_weight_grad_scratch_bytes(const Conv2dShape& z, int threads) {
    return static_cast<std::size_t>(threads * cut(z).floats()) * sizeof(float);
}

void conv2d_weight_grad(Pixels<const float> x, Pixels<const float> dy, float* dw, const Conv2dShape& z, Write write,
                        std::byte* scratch, Stream stream) {
    weight_grad(x, dy, dw, z, write, scratch, stream);
}
void conv2d_weight_grad(Pixels<const bf16> x, Pixels<const bf16> dy, float* dw, const Conv2dShape& z, Write write,
                        std::byte* scratch, Stream stream) {
    weight_grad(x, dy, dw, z, write, scratch, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
