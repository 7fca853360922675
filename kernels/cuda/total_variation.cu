#include "kernels/cuda/totals.cuh"
#include "kernels/total_variation.h"
#include "kernels/total_variation_terms.h"

// Both kernels take the picture row by row, W C values each: a value's right neighbor lies `stride` elements further,
// its lower one W times that, whatever the channels. Values are read one by one: with the 3 channels of a picture no
// neighbor lies on 16 bytes where its pixel does. A warp's loads still are whole lines, all but the first of each line
// come from L1, and the row below is read by another block at about the same time, so that it comes from L2.
namespace gradus::kernels::GRADUS_CUDA {
namespace {

// Where the i-th value of a row lies that starts at this pixel; a division only in slices of wider tensors.
template <class T>
__device__ __forceinline__ T* value_of_row(Pixels<T> x, std::int64_t pixel, std::int64_t i, std::int64_t C) {
    if (x.stride == C) return x[pixel] + i;
    const std::int64_t w = i / C;
    return x[pixel + w] + (i - w * C);
}

template <class V>
struct Pair {
    V right = 0, down = 0;
};

// The differences that start at a value, in float or double; 0 where there is no such neighbor.
template <class Kind, class V>
__device__ __forceinline__ Pair<V> differences(const float* here, bool right, bool down, std::int64_t stride,
                                               std::int64_t W) {
    Pair<V> d;
    if (Kind::needs_both && !(right && down)) return d;
    if (right) d.right = static_cast<V>(here[stride]) - static_cast<V>(here[0]);
    if (down) d.down = static_cast<V>(here[W * stride]) - static_cast<V>(here[0]);
    return d;
}

// One block per row in turn, one thread per value in turn; each thread sums its terms in double, then the block sums
// its threads'. Traffic: 4 bytes per value for 6 flops in double (a power: some hundred instructions). Bound by memory,
// but for powers.
template <class Kind>
__global__ void __launch_bounds__(threads_per_block)
    total_variation_kernel(Kind kind, Pixels<const float> x, TvShape z, double* of_block) {
    double sum = 0;
    for (std::int64_t row = blockIdx.x; row < z.N * z.H; row += gridDim.x) {
        const bool down = row % z.H + 1 < z.H;
        for (std::int64_t i = threadIdx.x; i < z.W * z.C; i += blockDim.x) {
            const bool right = i + z.C < z.W * z.C;
            const float* here = value_of_row(x, row * z.W, i, z.C);
            const auto d = differences<Kind, double>(here, right, down, x.stride, z.W);
            sum += kind.term(d.right, d.down);
        }
    }
    sum = block_sum<threads_per_block>(sum);
    if (threadIdx.x == 0) of_block[blockIdx.x] = sum;
}

// The same threads. A value appears in the differences that start at itself, at its left and at its upper neighbor: 7
// loads, 6 of them from caches. Traffic: reads x, writes dx, and reads it first to accumulate: 8 or 12 bytes per value
// for about 12 flops (powers: three of some 50 instructions). Bound by memory, but for powers.
template <class Kind>
__global__ void __launch_bounds__(threads_per_block)
    total_variation_backward_kernel(Kind kind, Pixels<const float> x, const float* dy, Pixels<float> dx, TvShape z,
                                    bool accumulate) {
    const float d = *dy;
    for (std::int64_t row = blockIdx.x; row < z.N * z.H; row += gridDim.x) {
        const bool up = row % z.H > 0, down = row % z.H + 1 < z.H;
        for (std::int64_t i = threadIdx.x; i < z.W * z.C; i += blockDim.x) {
            const bool right = i + z.C < z.W * z.C;
            const float* here = value_of_row(x, row * z.W, i, z.C);
            Pair<float> left, above;
            const auto own = differences<Kind, float>(here, right, down, x.stride, z.W);
            if (i >= z.C) left = differences<Kind, float>(here - x.stride, true, down, x.stride, z.W);
            if (up) above = differences<Kind, float>(here - z.W * x.stride, right, true, x.stride, z.W);
            const float f = kind.factor(own.right, own.down);
            const float slope = kind.slope(left.right, kind.factor(left.right, left.down)) +
                                kind.slope(above.down, kind.factor(above.right, above.down)) -
                                kind.slope(own.right, f) - kind.slope(own.down, f);
            float* to = value_of_row(dx, row * z.W, i, z.C);
            *to = (accumulate ? *to : 0.0f) + d * slope;
        }
    }
}

}  // namespace

void total_variation(Pixels<const float> x, float* y, const TvShape& z, std::byte* scratch, Stream stream) {
    auto* of_block = reinterpret_cast<double*>(scratch);
    const std::int64_t blocks = cuda_tv_blocks(z);
    with_kind(z, [&](auto kind) {
        launch(total_variation_kernel<decltype(kind)>,
               {.blocks = static_cast<unsigned>(blocks), .threads = threads_per_block}, stream, kind, x, z, of_block);
    });
    total(of_block, blocks, 1.0, y, stream);
}

void total_variation_backward(Pixels<const float> x, const float* dy, Pixels<float> dx, const TvShape& z, Write write,
                              Stream stream) {
    with_kind(z, [&](auto kind) {
        launch(total_variation_backward_kernel<decltype(kind)>,
               {.blocks = static_cast<unsigned>(cuda_tv_blocks(z)), .threads = threads_per_block}, stream, kind, x, dy,
               dx, z, write == Write::accumulate);
    });
}

}  // namespace gradus::kernels::GRADUS_CUDA
