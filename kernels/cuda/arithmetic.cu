#include "kernels/arithmetic.h"
#include "kernels/cuda/pieces.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

template <Arithmetic operation>
__device__ __forceinline__ float apply(float a, float b) {
    return operation == Arithmetic::subtract ? a - b : operation == Arithmetic::multiply ? a * b : a / b;
}

// The values of b that meet this piece of a. Per channel: the same piece of the only pixel, which stays in the cache;
// `piece` is a remainder there, a division per 16 bytes, well below what the memory leaves time for.
template <Repeat repeat, int n, class T>
__device__ __forceinline__ Values<T, n> second(Pixels<const T> b, const Rows& rows, std::int64_t piece) {
    if constexpr (repeat == Repeat::none) {
        return load<n>(place<n>(b, rows, piece));
    } else if constexpr (repeat == Repeat::channels) {
        return load<n>(b.data + piece % rows.per_row * n);
    } else {
        Values<T, n> one;
#pragma unroll
        for (int k = 0; k < n; ++k) one.at[k] = static_cast<float>(*b.data);
        return one;
    }
}

// One thread per piece of n contiguous values, in a grid-stride loop; neighbors in a warp read neighboring
// pieces. Traffic: reads a and, value by value, b, writes y, and reads it first to accumulate: 8 to 16 bytes per value
// in f32 for 1 or 2 flops. Bound by memory. y may be a or b: a thread reads its piece before it writes it.
template <Arithmetic operation, Repeat repeat, int n, class T>
__global__ void __launch_bounds__(threads_per_block)
    arithmetic_kernel(Pixels<const T> a, Pixels<const T> b, Pixels<T> y, Rows rows, bool accumulate) {
    for (auto i = first_element(); i < rows.pieces; i += grid_stride()) {
        const Values<T, n> left = load<n>(place<n>(a, rows, i)), right = second<repeat, n>(b, rows, i);
        Values<T, n> sum = {};
        if (accumulate) sum = load<n>(static_cast<const T*>(place<n>(y, rows, i)));
#pragma unroll
        for (int k = 0; k < n; ++k) sum.at[k] += apply<operation>(left.at[k], right.at[k]);
        store<n>(place<n>(y, rows, i), sum);
    }
}

template <Arithmetic operation, Repeat repeat, class T>
void forward(Pixels<const T> a, Pixels<const T> b, Pixels<T> y, std::int64_t pixels, std::int64_t channels, Write write,
             Stream stream) {
    const auto with = [&]<int n>(const Rows& all) {
        launch(arithmetic_kernel<operation, repeat, n, T>,
               {.blocks = blocks_for(all.pieces), .threads = threads_per_block}, stream, a, b, y, all,
               write == Write::accumulate);
    };
    if constexpr (repeat == Repeat::none) in_pieces<T>(pixels, channels, with, a, b, y);
    if constexpr (repeat == Repeat::one) in_pieces<T>(pixels, channels, with, a, y);
    if constexpr (repeat == Repeat::channels) {  // pieces end where pixels do
        const bool dense = a.stride == channels && y.stride == channels;
        const Pixels<const T> only = {b.data, channels};
        if (vectors_fit(a, channels) && vectors_fit(only, channels) && vectors_fit(y, channels))
            with.template operator()<per_vector<T>>(rows(pixels, channels, dense, per_vector<T>));
        else
            with.template operator()<1>(rows(pixels, channels, dense, 1));
    }
}

template <Arithmetic operation, class T>
void choose(Pixels<const T> a, Pixels<const T> b, Pixels<T> y, std::int64_t pixels, std::int64_t channels,
            Repeat repeat, Write write, Stream stream) {
    if (repeat == Repeat::none)
        forward<operation, Repeat::none>(a, b, y, pixels, channels, write, stream);
    else if (repeat == Repeat::channels)
        forward<operation, Repeat::channels>(a, b, y, pixels, channels, write, stream);
    else
        forward<operation, Repeat::one>(a, b, y, pixels, channels, write, stream);
}

template <class T>
void choose(Pixels<const T> a, Pixels<const T> b, Pixels<T> y, std::int64_t pixels, std::int64_t channels,
            Arithmetic operation, Repeat repeat, Write write, Stream stream) {
    if (operation == Arithmetic::subtract)
        choose<Arithmetic::subtract>(a, b, y, pixels, channels, repeat, write, stream);
    else if (operation == Arithmetic::multiply)
        choose<Arithmetic::multiply>(a, b, y, pixels, channels, repeat, write, stream);
    else
        choose<Arithmetic::divide>(a, b, y, pixels, channels, repeat, write, stream);
}

}  // namespace

void arithmetic(Pixels<const float> a, Pixels<const float> b, Pixels<float> y, std::int64_t pixels,
                std::int64_t channels, Arithmetic operation, Repeat repeat, Write write, Stream stream) {
    choose(a, b, y, pixels, channels, operation, repeat, write, stream);
}
void arithmetic(Pixels<const bf16> a, Pixels<const bf16> b, Pixels<bf16> y, std::int64_t pixels, std::int64_t channels,
                Arithmetic operation, Repeat repeat, Write write, Stream stream) {
    choose(a, b, y, pixels, channels, operation, repeat, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
