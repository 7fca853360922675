#include "kernels/affine_readers.h"
#include "kernels/cuda/grid.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per value of y, in a grid-stride loop; neighbors in a warp read neighboring places, whatever the angle.
// Places are computed in f64, weights in f32, as on the processor. Traffic: reads x, whose values meet in L1, writes y:
// 8 bytes per value in f32 for 8 flops, and some 12 in f64 per value. Bound by memory, or by the f64 of small GPUs.
template <class T>
__global__ void __launch_bounds__(threads_per_block)
    affine_sample_kernel(Pixels<const T> x, const float* matrix, Pixels<T> y, AffineShape s, std::int64_t all) {
    for (auto i = first_element(); i < all; i += grid_stride()) {
        const std::int64_t pixel = i / s.C, c = i - pixel * s.C, line = pixel / s.Q, n = line / s.P;
        const AffineMatrix m = affine_matrix_of(matrix, s, n);
        const auto p = static_cast<double>(line - n * s.P), q = static_cast<double>(pixel - line * s.Q);
        const AffinePlace h = affine_place(m.a * p + m.b * q + m.c), w = affine_place(m.d * p + m.e * q + m.f);
        const auto down = static_cast<float>(h.fraction), right = static_cast<float>(w.fraction);
        float sum = 0;
        for (int k = 0; k < 4; ++k) {
            const int low = k / 2, far = k % 2;
            const float weight = (low ? down : 1 - down) * (far ? right : 1 - right);
            const std::int64_t row = border_source(h.before + low, s.H, s.border),
                               column = border_source(w.before + far, s.W, s.border);
            const bool there = row >= 0 && column >= 0;
            const float value = there ? static_cast<float>(x[(n * s.H + row) * s.W + column][c]) : s.fill;
            sum = fmaf(weight, value, sum);
        }
        y[pixel][c] = T(sum);
    }
}

// One thread per value of dx, which gathers from the pixels of dy that read it, found through the inverse map, row by
// row: no atomics, and the same order every time. Traffic: reads dy (about four values per value of dx, from the
// caches), writes dx, and reads it first to accumulate: 8 or 12 bytes per value in f32, some 100 flops in f64. Bound by
// f64.
template <bool accumulate, class T>
__global__ void __launch_bounds__(threads_per_block)
    affine_sample_backward_kernel(Pixels<const T> dy, const float* matrix, Pixels<T> dx, AffineShape s,
                                  std::int64_t all) {
    for (auto i = first_element(); i < all; i += grid_stride()) {
        const std::int64_t pixel = i / s.C, c = i - pixel * s.C, line = pixel / s.W, n = line / s.H;
        const AffineSearch search = affine_search(affine_matrix_of(matrix, s, n), s);
        double sum = 0;
        for_border_images(line - n * s.H, s.H, search.low_h, search.high_h, s.border, [&](std::int64_t row) {
            for_border_images(pixel - line * s.W, s.W, search.low_w, search.high_w, s.border, [&](std::int64_t column) {
                for_affine_readers(search, s, row, column, [&](std::int64_t reader, double weight) {
                    sum += weight * static_cast<double>(static_cast<float>(dy[n * s.P * s.Q + reader][c]));
                });
            });
        });
        T& to = dx[pixel][c];
        to = T(static_cast<float>(accumulate ? static_cast<double>(static_cast<float>(to)) + sum : sum));
    }
}

template <class T>
void forward(Pixels<const T> x, const float* matrix, Pixels<T> y, const AffineShape& s, Stream stream) {
    const std::int64_t all = s.N * s.P * s.Q * s.C;
    launch(affine_sample_kernel<T>, {.blocks = blocks_for(all), .threads = threads_per_block}, stream, x, matrix, y, s,
           all);
}

template <class T>
void backward(Pixels<const T> dy, const float* matrix, Pixels<T> dx, const AffineShape& s, Write write, Stream stream) {
    const std::int64_t all = s.N * s.H * s.W * s.C;
    const auto kernel =
        write == Write::accumulate ? affine_sample_backward_kernel<true, T> : affine_sample_backward_kernel<false, T>;
    launch(kernel, {.blocks = blocks_for(all), .threads = threads_per_block}, stream, dy, matrix, dx, s, all);
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
