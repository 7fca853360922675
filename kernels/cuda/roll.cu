#include "kernels/border.h"
#include "kernels/cuda/grid.cuh"
#include "kernels/roll.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per value of y, which looks up where it came from, in a grid-stride loop; pictures have three channels, so
// 16 bytes of y are rarely 16 aligned bytes of x, but a warp still reads and writes whole lines. The offset lies on the
// device: it is another one at each step. Traffic: reads x, writes y, and reads it first to accumulate: 8 or 12 bytes
// per value in f32, no arithmetic but the index. Bound by memory.
template <bool accumulate, class T>
__global__ void __launch_bounds__(threads_per_block)
    roll_kernel(Pixels<const T> x, const std::int32_t* offset, Pixels<T> y, RollShape s, int sign, std::int64_t all) {
    for (auto i = first_element(); i < all; i += grid_stride()) {
        const std::int64_t pixel = i / s.C, c = i - pixel * s.C, line = pixel / s.W, n = line / s.H;
        const std::int32_t* by = s.offset_each ? offset + 2 * n : offset;
        const std::int64_t h = wrap(line - n * s.H - sign * std::int64_t{by[0]}, s.H),
                           w = wrap(pixel - line * s.W - sign * std::int64_t{by[1]}, s.W);
        T& to = y[pixel][c];
        const auto value = static_cast<float>(x[(n * s.H + h) * s.W + w][c]);
        to = T(accumulate ? static_cast<float>(to) + value : value);
    }
}

template <class T>
void choose(Pixels<const T> x, const std::int32_t* offset, Pixels<T> y, const RollShape& s, int sign, Write write,
            Stream stream) {
    const std::int64_t all = s.N * s.H * s.W * s.C;
    const auto kernel = write == Write::accumulate ? roll_kernel<true, T> : roll_kernel<false, T>;
    launch(kernel, {.blocks = blocks_for(all), .threads = threads_per_block}, stream, x, offset, y, s, sign, all);
}

}  // namespace

void roll(Pixels<const float> x, const std::int32_t* offset, Pixels<float> y, const RollShape& s, int sign, Write write,
          Stream stream) {
    choose(x, offset, y, s, sign, write, stream);
}
void roll(Pixels<const bf16> x, const std::int32_t* offset, Pixels<bf16> y, const RollShape& s, int sign, Write write,
          Stream stream) {
    choose(x, offset, y, s, sign, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
