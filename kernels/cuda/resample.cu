#include "kernels/cuda/grid.cuh"
#include "kernels/resample.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per value of y, in a grid-stride loop: the sum over the taps of its row of the sums over the taps of its
// column. One pass and no memory between: the usual bilinear step has 2 x 2 taps, whose values come from L1, while two
// passes would write and read a picture in between. Traffic: reads x, writes y, and reads it first to accumulate: 8 or
// 12 bytes per value in f32 for 2 flops a tap. Bound by memory with few taps; wide windows of Lanczos by L1.
template <bool accumulate, class T>
__global__ void __launch_bounds__(threads_per_block)
    resample_kernel(Pixels<const T> x, Pixels<T> y, ResampleShape s, Taps<float> rows, Taps<float> columns,
                    std::int64_t all) {
    for (auto i = first_element(); i < all; i += grid_stride()) {
        const std::int64_t pixel = i / s.C, c = i - pixel * s.C, line = pixel / s.Q, n = line / s.P;
        const std::int64_t p = line - n * s.P, q = pixel - line * s.Q;
        const float *down = rows.weights + p * rows.width, *across = columns.weights + q * columns.width;
        float sum = 0;
        for (std::int32_t k = 0; k < rows.count[p]; ++k) {
            const std::int64_t from = (n * s.H + rows.first[p] + k) * s.W + columns.first[q];
            float row = 0;
            for (std::int32_t j = 0; j < columns.count[q]; ++j)
                row = fmaf(across[j], static_cast<float>(x[from + j][c]), row);
            sum = fmaf(down[k], row, sum);
        }
        T& to = y[pixel][c];
        to = T(accumulate ? static_cast<float>(to) + sum : sum);
    }
}

template <class T>
void choose(Pixels<const T> x, Pixels<T> y, const ResampleShape& s, const Taps<float>& rows, const Taps<float>& columns,
            Write write, Stream stream) {
    const std::int64_t all = s.N * s.P * s.Q * s.C;
    const auto kernel = write == Write::accumulate ? resample_kernel<true, T> : resample_kernel<false, T>;
    launch(kernel, {.blocks = blocks_for(all), .threads = threads_per_block}, stream, x, y, s, rows, columns, all);
}

}  // namespace

void resample(Pixels<const float> x, Pixels<float> y, const ResampleShape& s, const Taps<float>& rows,
              const Taps<float>& columns, Write write, std::byte*, Stream stream) {
    choose(x, y, s, rows, columns, write, stream);
}
void resample(Pixels<const bf16> x, Pixels<bf16> y, const ResampleShape& s, const Taps<float>& rows,
              const Taps<float>& columns, Write write, std::byte*, Stream stream) {
    choose(x, y, s, rows, columns, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
