#include "kernels/cuda/gather.cuh"
#include "kernels/gaussian_bell.h"
#include "kernels/gaussian_blur.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// Where the pieces of the scratch memory lie: the bell, the weights of rows and of columns, the picture between the
/// passes.
struct Pieces {
    double* bell;    // (taps)
    float* rows;     // (H, taps): of the inputs h - radius ... h + radius in output h
    float* columns;  // (W, taps)
    float* between;  // (N, H, W, C)
};

/// Bytes from the start of the scratch memory to each piece, on whole cache lines.
struct Offsets {
    std::int64_t rows, columns, between, end;
};
Offsets offsets_of(const BlurShape& s) {
    const std::int64_t taps = 2 * s.radius + 1, number = sizeof(float);
    const auto lines = [](std::int64_t bytes) { return (bytes + 63) / 64 * 64; };
    const std::int64_t rows = lines(taps * static_cast<std::int64_t>(sizeof(double)));
    const std::int64_t columns = rows + lines(s.H * taps * number), between = columns + lines(s.W * taps * number);
    return {rows, columns, between, between + s.N * s.H * s.W * s.C * number};
}

Pieces pieces_of(std::byte* scratch, const BlurShape& s) {
    const Offsets at = offsets_of(s);
    return {reinterpret_cast<double*>(scratch), reinterpret_cast<float*>(scratch + at.rows),
            reinterpret_cast<float*>(scratch + at.columns), reinterpret_cast<float*>(scratch + at.between)};
}

/// The weight of input i in output o, with what lies beyond the border folded back.
__device__ float weight(const double* bell, std::int64_t radius, std::int64_t o, std::int64_t i, std::int64_t n,
                        PadMode border) {
    if (o >= radius && o + radius < n) return static_cast<float>(bell[i - o + radius]);  // nothing lies beyond
    double sum = 0;
    for (std::int64_t k = -radius; k <= radius; ++k)
        if (border_source(o + k, n, border) == i) sum += bell[k + radius];
    return static_cast<float>(sum);
}

// One block. Thread 0 makes the bell of this step's sigma, which only the device knows, then all threads the weights of
// each row and each column: (H + W) (2 radius + 1) of them, some 10 KB, for the two passes to come.
__global__ void __launch_bounds__(threads_per_block) weights_kernel(const float* sigma, Pieces to, BlurShape s) {
    const std::int64_t taps = 2 * s.radius + 1;
    if (threadIdx.x == 0) gaussian_bell(to.bell, s.radius, static_cast<double>(*sigma));
    __syncthreads();
    for (std::int64_t i = threadIdx.x; i < (s.H + s.W) * taps; i += blockDim.x) {
        const bool down = i < s.H * taps;
        const std::int64_t at = down ? i : i - s.H * taps, n = down ? s.H : s.W;
        const std::int64_t o = at / taps, in = o - s.radius + (at - o * taps);
        float* weights = down ? to.rows : to.columns;
        const bool there = in >= 0 && in < n;
        weights[at] = !there         ? 0.0f
                      : s.transposed ? weight(to.bell, s.radius, in, o, n, s.border)
                                     : weight(to.bell, s.radius, o, in, n, s.border);
    }
}

// Each value of the picture between is a sum over its neighbors in x; gather.cuh says who writes it. Traffic: reads x,
// writes the picture between, 8 bytes per value in f32 for 2 (2 radius + 1) flops; neighbors come from L1. Bound by
// memory for the usual radius of 4; pictures of 3 channels, a value per thread, by L1.
template <class T>
struct BlurredColumns {
    Pixels<const T> x;
    Pieces pieces;
    BlurShape s;

    template <int n>
    __device__ __forceinline__ Values<float, n> gather(const Spot& at) const {
        const float* weights = pieces.columns + at.column * (2 * s.radius + 1) + s.radius;
        const std::int64_t pixel = (at.picture * s.H + at.row) * s.W + at.column;
        Values<float, n> sum = {};
        for (std::int64_t step = -s.radius; step <= s.radius; ++step) {
            if (at.column + step < 0 || at.column + step >= s.W) continue;
            const Values<T, n> v = load<n>(x[pixel + step] + at.channel);
#pragma unroll
            for (int k = 0; k < n; ++k) sum.at[k] = fmaf(weights[step], v.at[k], sum.at[k]);
        }
        return sum;
    }
};

// The same along the other axis, from the picture between to y. Where y has no gaps a whole row counts as one pixel of
// many channels: of those also a picture has enough for 16 bytes.
template <class T>
struct BlurredRows {
    Pieces pieces;
    BlurShape s;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        const float* weights = pieces.rows + at.row * (2 * s.radius + 1) + s.radius;
        const std::int64_t row = s.W * s.C;
        const float* from = pieces.between + (at.picture * s.H + at.row) * row + at.column * s.C + at.channel;
        Values<T, n> sum = {};
        for (std::int64_t step = -s.radius; step <= s.radius; ++step) {
            if (at.row + step < 0 || at.row + step >= s.H) continue;
            const Values<float, n> v = load<n>(from + step * row);
#pragma unroll
            for (int k = 0; k < n; ++k) sum.at[k] = fmaf(weights[step], v.at[k], sum.at[k]);
        }
        return sum;
    }
};

template <class T>
void blur(Pixels<const T> x, const float* sigma, Pixels<T> y, const BlurShape& s, Write write, std::byte* scratch,
          Stream stream) {
    const Pieces pieces = pieces_of(scratch, s);
    launch(weights_kernel, {.blocks = 1, .threads = threads_per_block}, stream, sigma, pieces, s);
    const Extents pixels = {s.N, s.H, s.W, s.C}, lines = {s.N, s.H, 1, s.W * s.C};
    gather<Odd::single, per_vector<T>>(BlurredColumns<T>{x, pieces, s}, Pixels<float>{pieces.between, s.C}, pixels,
                                       Write::overwrite, stream, x);
    const bool dense = y.stride == s.C;
    if (dense) y.stride *= s.W;
    gather<Odd::single, per_vector<T>>(BlurredRows<T>{pieces, s}, y, dense ? lines : pixels, write, stream);
}

}  // namespace

std::size_t gaussian_blur_scratch(const BlurShape& s) { return static_cast<std::size_t>(offsets_of(s).end); }

void gaussian_blur(Pixels<const float> x, const float* sigma, Pixels<float> y, const BlurShape& s, Write write,
                   std::byte* scratch, Stream stream) {
    blur(x, sigma, y, s, write, scratch, stream);
}
void gaussian_blur(Pixels<const bf16> x, const float* sigma, Pixels<bf16> y, const BlurShape& s, Write write,
                   std::byte* scratch, Stream stream) {
    blur(x, sigma, y, s, write, scratch, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
