#include "kernels/affine_readers.h"
#include "kernels/affine_sample.h"
#include "kernels/cuda/spots.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// Channels that a thread takes, at most: those of a picture. They share the search for places, which is nearly all of
/// the work.
constexpr int group = 4;

Walk walk_over(std::int64_t N, std::int64_t H, std::int64_t W, std::int64_t C) {
    const Extents groups = {N, H, W, (C + group - 1) / group};
    return walk(groups, groups.values(), 1);
}

// One thread per pixel of y and group of channels, in a grid-stride loop; neighbors in a warp read neighboring places,
// whatever the angle. Places are computed in f64, weights in f32, as on the processor. Traffic: reads x, whose values
// meet in L1, writes y: 24 bytes per pixel of a picture in f32 for 24 flops, and some 12 in f64. Bound by memory, or by
// the f64 of small GPUs.
template <class T>
__global__ void __launch_bounds__(threads_per_block, 4)
    affine_sample_kernel(Pixels<const T> x, const float* matrix, Pixels<T> y, AffineShape s, Walk walk) {
    for_spots<1>(walk, [&](const Spot& at) {
        const AffineMatrix m = affine_matrix_of(matrix, s, at.picture);
        const auto p = static_cast<double>(at.row), q = static_cast<double>(at.column);
        const AffinePlace h = affine_place(m.a * p + m.b * q + m.c), w = affine_place(m.d * p + m.e * q + m.f);
        const auto down = static_cast<float>(h.fraction), right = static_cast<float>(w.fraction);
        const int c = at.channel * group, count = static_cast<int>(s.C) - c;
        float sum[group] = {};
        for (int k = 0; k < 4; ++k) {
            const int low = k / 2, far = k % 2;
            const float weight = (low ? down : 1 - down) * (far ? right : 1 - right);
            const std::int64_t row = border_source(h.before + low, s.H, s.border),
                               column = border_source(w.before + far, s.W, s.border);
            const bool there = row >= 0 && column >= 0;
            const T* from = x[(at.picture * s.H + row) * s.W + column] + c;
#pragma unroll
            for (int j = 0; j < group; ++j)
                if (j < count) sum[j] = fmaf(weight, there ? static_cast<float>(from[j]) : s.fill, sum[j]);
        }
        T* to = y[(at.picture * s.P + at.row) * s.Q + at.column] + c;
#pragma unroll
        for (int j = 0; j < group; ++j)
            if (j < count) to[j] = T(sum[j]);
    });
}

// One thread per pixel of dx and group of channels, which gathers from the pixels of dy that read it, found through the
// inverse map, row by row: no atomics, and the same order every time. Traffic: reads dy (about four values per value of
// dx, from the caches), writes dx, and reads it first to accumulate: 24 or 36 bytes per pixel of a picture in f32, some
// 100 flops in f64. Bound by f64.
template <class T>
__global__ void __launch_bounds__(threads_per_block, 2)
    affine_sample_backward_kernel(Pixels<const T> dy, const float* matrix, Pixels<T> dx, AffineShape s, Walk walk,
                                  bool accumulate) {
    for_spots<1>(walk, [&](const Spot& at) {
        const AffineSearch search = affine_search(affine_matrix_of(matrix, s, at.picture), s);
        const int c = at.channel * group, count = static_cast<int>(s.C) - c;
        double sum[group] = {};
        for_border_images(at.row, s.H, search.low_h, search.high_h, s.border, [&](std::int64_t row) {
            for_border_images(at.column, s.W, search.low_w, search.high_w, s.border, [&](std::int64_t column) {
                for_affine_readers(search, s, row, column, [&](std::int64_t reader, double weight) {
                    const T* from = dy[at.picture * s.P * s.Q + reader] + c;
#pragma unroll
                    for (int j = 0; j < group; ++j)
                        if (j < count) sum[j] += weight * static_cast<double>(static_cast<float>(from[j]));
                });
            });
        });
        T* to = dx[(at.picture * s.H + at.row) * s.W + at.column] + c;
#pragma unroll
        for (int j = 0; j < group; ++j)
            if (j < count)
                to[j] = T(
                    static_cast<float>(accumulate ? static_cast<double>(static_cast<float>(to[j])) + sum[j] : sum[j]));
    });
}

template <class T>
void forward(Pixels<const T> x, const float* matrix, Pixels<T> y, const AffineShape& s, Stream stream) {
    const Walk all = walk_over(s.N, s.P, s.Q, s.C);
    launch(affine_sample_kernel<T>, {.blocks = blocks_for(all.pieces), .threads = threads_per_block}, stream, x, matrix,
           y, s, all);
}

template <class T>
void backward(Pixels<const T> dy, const float* matrix, Pixels<T> dx, const AffineShape& s, Write write, Stream stream) {
    const Walk all = walk_over(s.N, s.H, s.W, s.C);
    launch(affine_sample_backward_kernel<T>, {.blocks = blocks_for(all.pieces), .threads = threads_per_block}, stream,
           dy, matrix, dx, s, all, write == Write::accumulate);
}

}  // namespace

#define PROVIDE(T)                                                                                                 \
    void affine_sample(Pixels<const T> x, const float* matrix, Pixels<T> y, const AffineShape& s, Stream stream) { \
        forward(x, matrix, y, s, stream);                                                                          \
    }                                                                                                              \
    void affine_sample_backward(Pixels<const T> dy, const float* matrix, Pixels<T> dx, const AffineShape& s,       \
                                Write write, std::byte*, Stream stream) {                                          \
        backward(dy, matrix, dx, s, write, stream);                                                                \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
