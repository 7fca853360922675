#include "kernels/cast.h"
#include "kernels/cuda/pieces.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per piece of n contiguous values, eight (16 bytes of bf16, twice 16 of f32) or one. Traffic: 6 bytes per
// value, 10 to accumulate in f32, for 1 operation. Bound by memory.
template <bool accumulate, int n, class From, class To>
__global__ void __launch_bounds__(threads_per_block) cast_kernel(Pixels<const From> x, Pixels<To> y, Rows rows) {
    for (auto i = first_element(); i < rows.pieces; i += grid_stride()) {
        const Values<From, n> in = load<n>(place<n>(x, rows, i));
        Values<To, n> sum = {};
        if constexpr (accumulate) sum = load<n>(static_cast<const To*>(place<n>(y, rows, i)));
#pragma unroll
        for (int k = 0; k < n; ++k) sum.at[k] = accumulate ? sum.at[k] + in.at[k] : in.at[k];
        store<n>(place<n>(y, rows, i), sum);
    }
}

template <bool accumulate, class From, class To>
void convert(Pixels<const From> x, Pixels<To> y, std::int64_t pixels, std::int64_t channels, Stream stream) {
    const auto with = [&]<int n>(const Rows& all) {
        launch(cast_kernel<accumulate, n, From, To>, {.blocks = blocks_for(all.pieces), .threads = threads_per_block},
               stream, x, y, all);
    };
    in_pieces<bf16>(pixels, channels, with, x, y);
}

template <class From, class To>
void convert(Pixels<const From> x, Pixels<To> y, std::int64_t pixels, std::int64_t channels, Write write,
             Stream stream) {
    if (write == Write::accumulate)
        convert<true>(x, y, pixels, channels, stream);
    else
        convert<false>(x, y, pixels, channels, stream);
}

}  // namespace

void cast(Pixels<const float> x, Pixels<bf16> y, std::int64_t pixels, std::int64_t channels, Write write,
          Stream stream) {
    convert(x, y, pixels, channels, write, stream);
}
void cast(Pixels<const bf16> x, Pixels<float> y, std::int64_t pixels, std::int64_t channels, Write write,
          Stream stream) {
    convert(x, y, pixels, channels, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
