#include "kernels/cuda/channel_shares.cuh"
#include "kernels/cuda/pieces.cuh"
#include "kernels/cuda/totals.cuh"
#include "kernels/reduce.h"

// Sums go in two steps through scratch memory, for there is no order among blocks: each block sums its share in double
// and writes one number, or one per channel, and a second kernel adds these. Who sums what follows from the shape
// alone, so every run gives the same bytes.
namespace gradus::kernels::GRADUS_CUDA {
namespace {

// ---- sums of everything ----

/// What is summed of a and b.
enum class Terms { values, squares, products };  // of a, of a, of both

template <Terms terms, class T>
__device__ __forceinline__ double term(float left, float right) {
    if (terms == Terms::values) return static_cast<double>(left);
    if (sizeof(T) < sizeof(float)) return static_cast<double>(left * right);  // bf16: 16 bits of mantissa at most
    return static_cast<double>(left) * static_cast<double>(right);
}

// One thread per piece of n contiguous values, in a grid-stride loop, four loads ahead, each with n sums of its own;
// the first threads also take the `rest` values behind the last piece of a dense tensor. Traffic: reads a and, for
// products, b once, 4 or 8 bytes per value in f32 for 1 or 2 flops in double. Bound by memory. All blocks run at once:
// 4 on a multiprocessor.
template <Terms terms, int n, class T>
__global__ void __launch_bounds__(threads_per_block, 4)
    block_sums_kernel(Pixels<const T> a, Pixels<const T> b, Rows rows, std::int64_t rest, double* of_block) {
    double sums[n] = {};
    const auto take = [&]<int count>(std::int64_t i) {  // all of their loads before the first sum
        Values<T, n> left[count], right[count];
#pragma unroll
        for (int j = 0; j < count; ++j) {
            left[j] = load<n>(place<n>(a, rows, i + j * grid_stride()));
            right[j] = terms == Terms::products ? load<n>(place<n>(b, rows, i + j * grid_stride())) : left[j];
        }
#pragma unroll
        for (int j = 0; j < count; ++j)
#pragma unroll
            for (int k = 0; k < n; ++k) sums[k] += term<terms, T>(left[j].at[k], right[j].at[k]);
    };
    auto i = first_element();
    for (; i + 3 * grid_stride() < rows.pieces; i += 4 * grid_stride()) take.template operator()<4>(i);
    for (; i < rows.pieces; i += grid_stride()) take.template operator()<1>(i);
    if (const auto last = first_element(); last < rest) {
        const auto at = rows.pieces * n + last;
        sums[0] += term<terms, T>(static_cast<float>(a.data[at]), static_cast<float>(b.data[at]));
    }
#pragma unroll
    for (int k = 1; k < n; ++k) sums[0] += sums[k];
    const double sum = block_sum<threads_per_block>(sums[0]);
    if (threadIdx.x == 0) of_block[blockIdx.x] = sum;
}

template <Terms terms, class T>
void sum_all(Pixels<const T> a, Pixels<const T> b, float* y, std::int64_t pixels, std::int64_t channels, double factor,
             std::byte* scratch, Stream stream) {
    auto* of_block = reinterpret_cast<double*>(scratch);
    const std::int64_t values = pixels * channels;
    const std::int64_t blocks = cuda_reduce_blocks(values);
    const bool dense = a.stride == channels && b.stride == channels;
    const auto with = [&]<int n>() {
        const Rows all = dense ? rows(1, values, true, n) : rows(pixels, channels, false, n);
        launch(block_sums_kernel<terms, n, T>, {.blocks = static_cast<unsigned>(blocks), .threads = threads_per_block},
               stream, a, b, all, values - all.pieces * n, of_block);
    };
    // A dense tensor need not end with a vector.
    const auto fits = [&](Pixels<const T> x) {
        return dense ? vectors_fit(Pixels<const T>{x.data, 0}, 0) : vectors_fit(x, channels);
    };
    if (fits(a) && fits(b))
        with.template operator()<per_vector<T>>();
    else
        with.template operator()<1>();
    total(of_block, blocks, factor, y, stream);
}

// ---- sums of channels ----

// The cut of channel_shares.cuh: a thread sums the pieces of its rows, four loads ahead, then the block adds its rows'
// sums. Traffic: reads x once, 4 bytes per value in f32 for 1 flop in double. Bound by memory.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block, 4)
    block_channel_sums_kernel(Pixels<const T> x, ChannelCut cut, double* of_share) {
    constexpr int ahead = loads_ahead<n>;
    const Turns<n> turns(cut);
    double sums[1][n] = {};
    for (auto i = turns.first; i < turns.last; i += ahead * turns.rows) {
        Values<T, n> v[ahead];
        turns.load_ahead(x, i, v);
#pragma unroll
        for (int j = 0; j < ahead; ++j) {
            if (!turns.has(i, j)) break;
#pragma unroll
            for (int k = 0; k < n; ++k) sums[0][k] += static_cast<double>(v[j].at[k]);
        }
    }
    write_sums(sums, turns, cut, of_share);
}

// 32 threads for each channel. At most a sixteenth of what was read before.
__global__ void __launch_bounds__(threads_per_block)
    channel_totals_kernel(const double* of_share, std::int64_t shares, std::int64_t channels, float* y) {
    double sum[1] = {};
    const std::int64_t channel = add_shares(of_share, shares, channels, sum);
    if (channel >= 0) y[channel] = static_cast<float>(sum[0]);
}

template <class T>
void sum_channels(Pixels<const T> x, float* y, std::int64_t pixels, std::int64_t channels, std::byte* scratch,
                  Stream stream) {
    if (channels == 0) return;
    auto* of_share = reinterpret_cast<double*>(scratch);
    const std::int64_t shares = cuda_channel_shares(pixels, channels);
    const auto with = [&]<int n>() {
        const ChannelCut cut = channel_cut<n>(pixels, channels, shares);
        launch(block_channel_sums_kernel<n, T>, cut.grid(), stream, x, cut, of_share);
    };
    if (vectors_fit(x, channels))
        with.template operator()<per_vector<T>>();
    else
        with.template operator()<1>();
    launch(channel_totals_kernel, grid_of_totals(channels), stream, of_share, shares, channels, y);
}

// ---- the gradient of a dot product ----

// One thread per piece of n contiguous values, in a grid-stride loop. Traffic: reads x, writes dx, and
// reads it first to accumulate: 8 or 12 bytes per value in f32 for 1 or 2 flops. Bound by memory. dx may be x.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block, 4)
    dot_backward_kernel(Pixels<const T> x, const float* d, Pixels<T> dx, Rows rows, double factor, bool accumulate) {
    const float by = static_cast<float>(factor * static_cast<double>(*d));
    for (auto i = first_element(); i < rows.pieces; i += grid_stride()) {
        const Values<T, n> in = load<n>(place<n>(x, rows, i));
        Values<T, n> sum = {};
        if (accumulate) sum = load<n>(static_cast<const T*>(place<n>(dx, rows, i)));
#pragma unroll
        for (int k = 0; k < n; ++k) sum.at[k] += by * in.at[k];
        store<n>(place<n>(dx, rows, i), sum);
    }
}

template <class T>
void scale_by(Pixels<const T> x, const float* d, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
              double factor, Write write, Stream stream) {
    const auto with = [&]<int n>(const Rows& all) {
        launch(dot_backward_kernel<n, T>, {.blocks = blocks_for(all.pieces), .threads = threads_per_block}, stream, x,
               d, dx, all, factor, write == Write::accumulate);
    };
    in_pieces<T>(pixels, channels, with, x, dx);
}

}  // namespace

#define PROVIDE(T)                                                                                                 \
    void sum(Pixels<const T> x, float* y, std::int64_t pixels, std::int64_t channels, double factor,               \
             std::byte* scratch, Stream stream) {                                                                  \
        sum_all<Terms::values>(x, x, y, pixels, channels, factor, scratch, stream);                                \
    }                                                                                                              \
    void dot(Pixels<const T> a, Pixels<const T> b, float* y, std::int64_t pixels, std::int64_t channels,           \
             std::byte* scratch, Stream stream) {                                                                  \
        const bool same = a.data == b.data && a.stride == b.stride;                                                \
        (same ? sum_all<Terms::squares, T> : sum_all<Terms::products, T>)(a, b, y, pixels, channels, 1.0, scratch, \
                                                                          stream);                                 \
    }                                                                                                              \
    void channel_sums(Pixels<const T> x, float* y, std::int64_t pixels, std::int64_t channels, std::byte* scratch, \
                      Stream stream) {                                                                             \
        sum_channels(x, y, pixels, channels, scratch, stream);                                                     \
    }                                                                                                              \
    void dot_backward(Pixels<const T> x, const float* d, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, \
                      double factor, Write write, Stream stream) {                                                 \
        scale_by(x, d, dx, pixels, channels, factor, write, stream);                                               \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
