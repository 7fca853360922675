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

// Block (i, j) sums the i-th share of the pixels, for up to 256 pieces of n channels from the 256 j-th on. A row of
// threads takes a pixel, a piece each; small pixels leave room for several rows, which take turns. The rows' sums are
// then added in shared memory, halving their number each time. Traffic: reads x once, 4 bytes per value in f32 for 1
// flop in double. Bound by memory.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block)
    block_channel_sums_kernel(Pixels<const T> x, std::int64_t pixels, std::int64_t channels, double* of_block) {
    GRADUS_SHARED(double, shared, [n][threads_per_block]);
    const std::int64_t pieces = channels / n;
    const int width = pieces < threads_per_block ? static_cast<int>(pieces) : static_cast<int>(threads_per_block);
    const int thread = static_cast<int>(threadIdx.x), rows = static_cast<int>(threads_per_block) / width;
    const int row = thread / width;
    const std::int64_t piece = static_cast<std::int64_t>(blockIdx.y) * width + thread % width;
    const std::int64_t share = (pixels + gridDim.x - 1) / gridDim.x, first = blockIdx.x * share;
    const std::int64_t last = first + share < pixels ? first + share : pixels;

    double sums[n] = {};
    if (row < rows && piece < pieces) {
#pragma unroll 4
        for (std::int64_t i = first + row; i < last; i += rows) {
            const Values<T, n> v = load<n>(x[i] + piece * n);
#pragma unroll
            for (int k = 0; k < n; ++k) sums[k] += static_cast<double>(v.at[k]);
        }
    }
#pragma unroll
    for (int k = 0; k < n; ++k) shared[k][thread] = sums[k];
    __syncthreads();
    for (int left = rows; left > 1;) {
        const int half = (left + 1) / 2;
        if (row < left - half) {
#pragma unroll
            for (int k = 0; k < n; ++k) shared[k][thread] += shared[k][thread + half * width];
        }
        left = half;
        __syncthreads();
    }
    if (row == 0 && piece < pieces) {
#pragma unroll
        for (int k = 0; k < n; ++k) of_block[blockIdx.x * channels + piece * n + k] = shared[k][thread];
    }
}

// One block per 32 channels: warp w adds the sums of the shares w, w + 8, ... for them, a channel per lane; the first
// warp adds those of the warps. At most 1/16 of what was read before.
__global__ void __launch_bounds__(threads_per_block)
    channel_totals_kernel(const double* of_block, std::int64_t shares, std::int64_t channels, float* y) {
    constexpr int warps = threads_per_block / 32;
    GRADUS_SHARED(double, of_warp, [warps][32]);
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const std::int64_t channel = static_cast<std::int64_t>(blockIdx.x) * 32 + lane;
    double sum = 0;
    if (channel < channels)
        for (std::int64_t i = warp; i < shares; i += warps) sum += of_block[i * channels + channel];
    of_warp[warp][lane] = sum;
    __syncthreads();
    if (warp != 0 || channel >= channels) return;
#pragma unroll
    for (int i = 1; i < warps; ++i) sum += of_warp[i][lane];
    y[channel] = static_cast<float>(sum);
}

template <class T>
void sum_channels(Pixels<const T> x, float* y, std::int64_t pixels, std::int64_t channels, std::byte* scratch,
                  Stream stream) {
    if (channels == 0) return;
    auto* of_block = reinterpret_cast<double*>(scratch);
    const std::int64_t shares = cuda_channel_shares(pixels, channels);
    const auto with = [&]<int n>() {
        const std::int64_t pieces = channels / n;
        const auto groups = static_cast<unsigned>((pieces + threads_per_block - 1) / threads_per_block);
        launch(block_channel_sums_kernel<n, T>,
               {.blocks = {static_cast<unsigned>(shares), groups}, .threads = threads_per_block}, stream, x, pixels,
               channels, of_block);
    };
    if (vectors_fit(x, channels))
        with.template operator()<per_vector<T>>();
    else
        with.template operator()<1>();
    launch(channel_totals_kernel, {.blocks = static_cast<unsigned>((channels + 31) / 32), .threads = threads_per_block},
           stream, of_block, shares, channels, y);
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
