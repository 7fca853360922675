#include "kernels/cast.h"
#include "kernels/cuda/grid.cuh"
#include "kernels/cuda/vector.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per piece of n contiguous channels of a pixel, eight (16 bytes of bf16, twice 16 of f32) or one. Traffic:
// 6 bytes per value, 10 to accumulate in f32, for 1 operation. Bound by memory.
template <bool accumulate, int n, class From, class To>
__global__ void __launch_bounds__(threads_per_block) cast_kernel(Pixels<const From> x, Pixels<To> y, Rows rows) {
    constexpr int in = n < per_vector<From> ? n : per_vector<From>, out = n < per_vector<To> ? n : per_vector<To>;
    for (auto i = first_element(); i < rows.pieces; i += grid_stride()) {
        const From* from = place<n>(x, rows, i);
        To* to = place<n>(y, rows, i);
        float at[n];
#pragma unroll
        for (int k = 0; k < n; k += in) {
            const Values<From, in> v = load<in>(from + k);
#pragma unroll
            for (int j = 0; j < in; ++j) at[k + j] = v.at[j];
        }
#pragma unroll
        for (int k = 0; k < n; k += out) {
            Values<To, out> v = {};
            if constexpr (accumulate) v = load<out>(static_cast<const To*>(to + k));
#pragma unroll
            for (int j = 0; j < out; ++j) v.at[j] = accumulate ? v.at[j] + at[k + j] : at[k + j];
            store<out>(to + k, v);
        }
    }
}

template <bool accumulate, class From, class To>
void convert(Pixels<const From> x, Pixels<To> y, std::int64_t pixels, std::int64_t channels, Stream stream) {
    const bool dense = x.stride == channels && y.stride == channels;
    // Dense tensors are one pixel of all values: pictures of three channels move in vectors too.
    if (dense) {
        channels *= pixels;
        pixels = 1;
        x.stride = y.stride = channels;
    }
    const auto with = [&]<int n>() {
        const Rows all = rows(pixels, channels, dense, n);
        launch(cast_kernel<accumulate, n, From, To>, {.blocks = blocks_for(all.pieces), .threads = threads_per_block},
               stream, x, y, all);
    };
    if (vectors_fit(x, channels) && vectors_fit(y, channels))
        with.template operator()<per_vector<bf16>>();
    else
        with.template operator()<1>();
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
