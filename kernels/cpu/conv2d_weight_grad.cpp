// The weight gradient as products [channels of dy x pixels] [pixels x taps]: 64 pixels of y after the other, what they
// see gathered into scratch and added onto the sums of a task, which are some channels of dy times some filter rows
// over a part of the pixels. Sums of 64 pixels are made apart and then added, parts after that, in a fixed order.
#include "kernels/conv2d.h"
#include "kernels/cpu/conv2d_columns.h"
#include "kernels/cpu/gemm.h"
#include "kernels/cpu/parallel.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

// How the work is cut: by the shape alone, since the order of sums depends on it.
struct Cut {
    i64 C, K;              // of a group
    i64 high, bands;       // filter rows in a task; tasks for all of them
    i64 columns, step;     // high S C, and the distance between two pixels' columns
    i64 channels, chunks;  // of dy in a task; tasks for those of a group
    i64 pieces;            // of dw, over bands, chunks and groups
    i64 part, parts;       // pixels of y in a task, and tasks for a piece

    i64 sum_floats() const { return channels * step; }
    // scratch of a thread: gathered columns, and the pixels of dy as floats, where they are stored in bf16
    i64 gathered_floats() const { return at_once * step + round_up(at_once * channels, lanes); }
    i64 floats(i64 threads) const {
        return threads * gathered_floats() + (parts > 1 ? parts * pieces : threads) * sum_floats();
    }
    static constexpr i64 at_once = 64;  // pixels
};

Cut cut(const Conv2dShape& z) {
    Cut c;
    c.C = z.C / z.groups, c.K = z.K / z.groups;
    // Gathering is worth its while from many channels on: a few hundred columns times 48 rest in 100 kB.
    c.high = even_part(z.R, most(1, 640 / (z.S * c.C)));
    c.bands = ceil_div(z.R, c.high);
    c.columns = c.high * z.S * c.C;
    c.step = round_up(c.columns, lanes) + 16;
    c.channels = even_part(c.K, 48);
    c.chunks = ceil_div(c.K, c.channels);
    c.pieces = z.groups * c.bands * c.chunks;
    const i64 pixels = z.N * z.P * z.Q;
    c.part = round_up(ceil_div(pixels, most(1, least(16 / c.pieces, pixels / 256))), Cut::at_once);
    c.parts = ceil_div(pixels, c.part);
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
    float* all_columns = reinterpret_cast<float*>(scratch);
    float* all_sums = all_columns + stream.threads * c.gathered_floats();
    struct Piece {
        i64 group, k, channels, r, high;  // from channel k of the group and filter row r on
    };
    const auto piece_at = [&](i64 piece) {
        const i64 r = piece % c.bands * c.high, k = piece / c.bands % c.chunks * c.channels;
        return Piece{piece / c.bands / c.chunks, k, least(c.channels, c.K - k), r, least(c.high, z.R - r)};
    };
    const auto write_piece = [&](const float* sums, const Piece& p) {
        for (i64 k = 0; k < p.channels; ++k)
            for (i64 tap = 0; tap < p.high * z.S; ++tap)
                for (i64 i = 0; i < c.C; ++i) {
                    float& out = dw[((p.group * c.K + p.k + k) * c.C + i) * z.R * z.S + p.r * z.S + tap];
                    const float* at = sums + k * c.step + tap * c.C + i;
                    float sum = *at;
                    for (i64 part = 1; part < c.parts; ++part) sum += at[part * c.pieces * c.sum_floats()];
                    out = write == Write::accumulate ? out + sum : sum;
                }
    };
    parallel_for(stream, c.parts * c.pieces, [&](i64 task, int thread) {
        const Piece p = piece_at(task % c.pieces);
        const i64 begin = task / c.pieces * c.part, end = least(begin + c.part, z.N * z.P * z.Q);
        const i64 columns = p.high * z.S * c.C;
        float* gathered = all_columns + thread * c.gathered_floats();
        float* sums = all_sums + (c.parts > 1 ? task : thread) * c.sum_floats();
        const Pixels<const T> in{x.data + p.group * c.C, x.stride};
        zero(sums, c.sum_floats());
        for (i64 first = begin; first < end; first += Cut::at_once) {
            const i64 count = least(Cut::at_once, end - first);
            gather(in, z, first, count, p.r, p.r + p.high, gathered, c.step);
            const Left left = left_side(dy[first] + p.group * c.K + p.k, dy.stride, count, p.channels,
                                        gathered + Cut::at_once * c.step);
            product<Along::columns>(left, p.channels, Loose{gathered, c.step}, count, columns, 0,
                                    ceil_div(columns, panel), Add{sums, c.step});
        }
        if (c.parts == 1) write_piece(sums, p);
    });
    if (c.parts == 1) return;
    parallel_for(stream, c.pieces,
                 [&](i64 piece, int) { write_piece(all_sums + piece * c.sum_floats(), piece_at(piece)); });
}

}  // namespace

std::size_t conv2d_weight_grad_scratch_bytes(const Conv2dShape& z, int threads) {
    return static_cast<std::size_t>(cut(z).floats(threads)) * sizeof(float);
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
