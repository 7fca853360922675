#include "kernels/avg_pool2d.h"
#include "kernels/cuda/pool2d_windows.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// How many of the taps from `first` on count along one axis: those before `size + pad` with padding, those in
/// 0..size-1 without.
__device__ __forceinline__ int counted(int first, int taps, std::int64_t size, std::int64_t pad, AvgDivisor divisor) {
    const int end = first + taps, limit = static_cast<int>(divisor == AvgDivisor::padded ? size + pad : size);
    const int from = divisor == AvgDivisor::padded || first > 0 ? first : 0;
    return (end < limit ? end : limit) - from;
}

/// What counts of the rows of window (p, q), and of its columns; 1 over their product is what each value counts.
__device__ __forceinline__ float counted_rows(const Pool2dShape& z, int p, AvgDivisor divisor) {
    return static_cast<float>(counted(p * static_cast<int>(z.stride_h) - static_cast<int>(z.pad_h),
                                      static_cast<int>(z.R), z.H, z.pad_h, divisor));
}
__device__ __forceinline__ float counted_columns(const Pool2dShape& z, int q, AvgDivisor divisor) {
    return static_cast<float>(counted(q * static_cast<int>(z.stride_w) - static_cast<int>(z.pad_w),
                                      static_cast<int>(z.S), z.W, z.pad_w, divisor));
}

// Each value of y is the mean of a window of x; gather.cuh says who writes it. Windows of a size that is known here are
// all on their way before the first value is added: four or nine loads of 16 bytes a thread. Traffic: reads x, whose
// overlapping windows meet in the caches, writes y: for windows of 2x2, 20 bytes per output in f32 for 5 flops. Bound
// by memory.
template <class T, int size>  // of a square window; 0: any
struct AvgPool {
    Pixels<const T> x;
    Pool2dShape z;
    AvgDivisor divisor;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        Values<T, n> sum = {};
        const auto add = [&](const Values<T, n>& v) {
#pragma unroll
            for (int k = 0; k < n; ++k) sum.at[k] += v.at[k];
        };
        if constexpr (size > 0) {
            const int H = static_cast<int>(z.H), W = static_cast<int>(z.W),
                      top = at.row * static_cast<int>(z.stride_h) - static_cast<int>(z.pad_h),
                      left = at.column * static_cast<int>(z.stride_w) - static_cast<int>(z.pad_w);
            const T* picture = x[at.picture * z.H * W] + at.channel;
            Values<T, n> v[size][size];
#pragma unroll
            for (int r = 0; r < size; ++r)  // a tap beside the picture gives way to the nearest, and does not count
#pragma unroll
                for (int s = 0; s < size; ++s)
                    v[r][s] = load<n>(picture + (inside(top + r, H) * z.W + inside(left + s, W)) * x.stride);
#pragma unroll
            for (int r = 0; r < size; ++r)
#pragma unroll
                for (int s = 0; s < size; ++s)
                    if (top + r >= 0 && top + r < H && left + s >= 0 && left + s < W) add(v[r][s]);
        } else {
            for_pixels(z, at.row, at.column, [&](std::int64_t h, std::int64_t w, std::int64_t) {
                add(load<n>(x[(at.picture * z.H + h) * z.W + w] + at.channel));
            });
        }
        const float by = 1.0f / (counted_rows(z, at.row, divisor) * counted_columns(z, at.column, divisor));
#pragma unroll
        for (int k = 0; k < n; ++k) sum.at[k] *= by;
        return sum;
    }
};

// Each value of dx looks up its windows, of any size and stride. Traffic: reads dy (from the caches where windows
// overlap), writes dx, and reads it first to accumulate: 5 or 9 bytes per value of dx in f32 for windows of 2x2. Bound
// by memory, and where windows are large by the loads from L1.
template <class T>
struct AvgPoolBackward {
    Pixels<const T> dy;
    Pool2dShape z;
    AvgDivisor divisor;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        const auto whole = static_cast<float>(z.R * z.S), share_of_whole = 1.0f / whole;
        const Holders down = holders(at.row, z.pad_h, z.R, z.stride_h, z.P),
                      across = holders(at.column, z.pad_w, z.S, z.stride_w, z.Q);
        Values<T, n> sum = {};
        for (auto p = static_cast<int>(down.first); p <= down.last; ++p) {
            const float rows = counted_rows(z, p, divisor);
            const T* line = dy[(at.picture * z.P + p) * z.Q] + at.channel;
#pragma unroll 2
            for (auto q = static_cast<int>(across.first); q <= across.last; ++q) {
                const Values<T, n> g = load<n>(line + q * dy.stride);
                const float count = rows * counted_columns(z, q, divisor);
                const float by = count == whole ? share_of_whole : 1.0f / count;  // divided at the edges only
#pragma unroll
                for (int k = 0; k < n; ++k) sum.at[k] += g.at[k] * by;
            }
        }
        return sum;
    }
};

// The same for windows of size x size, 2 apart. One thread per n channels of a cell, the 2x2 pixels of dx that the same
// windows hold: it reads each of these (one for a size of 2, four for 3) once for four pieces of dx.
template <int size, int n, class T>
__global__ void __launch_bounds__(threads_per_block, 3)
    avg_pool2d_cells_kernel(AvgPoolBackward<T> f, Pixels<T> dx, Walk cells, bool accumulate) {
    constexpr int before = (size - 1) / 2, windows = before + 1;  // windows that reach into a cell, along an axis
    const int H = static_cast<int>(f.z.H), W = static_cast<int>(f.z.W), P = static_cast<int>(f.z.P),
              Q = static_cast<int>(f.z.Q), pad_h = static_cast<int>(f.z.pad_h), pad_w = static_cast<int>(f.z.pad_w);
    for_spots<n>(cells, [&](const Spot& at) {
        Values<T, n> g[windows][windows];
#pragma unroll
        for (int i = 0; i < windows; ++i)
#pragma unroll
            for (int j = 0; j < windows; ++j) {  // one beside the picture gives way to the nearest, and does not count
                const int p = inside(at.row + i - before, P), q = inside(at.column + j - before, Q);
                g[i][j] = load<n>(f.dy[(at.picture * f.z.P + p) * Q + q] + at.channel);
            }
        float rows[windows], columns[windows];
#pragma unroll
        for (int i = 0; i < windows; ++i) {
            rows[i] = counted_rows(f.z, at.row + i - before, f.divisor);
            columns[i] = counted_columns(f.z, at.column + i - before, f.divisor);
        }
#pragma unroll
        for (int i = 0; i < windows; ++i)
#pragma unroll
            for (int j = 0; j < windows; ++j) {
                const float by = 1.0f / (rows[i] * columns[j]);
#pragma unroll
                for (int k = 0; k < n; ++k) g[i][j].at[k] *= by;
            }
        const int top = at.row * 2 - pad_h, left = at.column * 2 - pad_w;
        T* corner = dx[(at.picture * f.z.H + top) * W + left] + at.channel;
#pragma unroll
        for (int r = 0; r < 2; ++r)
#pragma unroll
            for (int s = 0; s < 2; ++s) {
                if (top + r < 0 || top + r >= H || left + s < 0 || left + s >= W) continue;
                T* to = corner + (r * std::int64_t{W} + s) * dx.stride;
                Values<T, n> sum = {};
                if (accumulate) sum = load<n>(static_cast<const T*>(to));
#pragma unroll
                for (int i = 0; i < windows; ++i)
#pragma unroll
                    for (int j = 0; j < windows; ++j) {
                        const int p = at.row + i - before, q = at.column + j - before;
                        if (r + 2 * (before - i) >= size || s + 2 * (before - j) >= size) continue;
                        if (p < 0 || p >= P || q < 0 || q >= Q) continue;
#pragma unroll
                        for (int k = 0; k < n; ++k) sum.at[k] += g[i][j].at[k];
                    }
                store<n>(to, sum);
            }
    });
}

template <class T>
void forward(Pixels<const T> x, Pixels<T> y, const Pool2dShape& z, AvgDivisor divisor, Stream stream) {
    const auto with = [&]<int size>() {
        gather<Odd::single, per_vector<T>>(AvgPool<T, size>{x, z, divisor}, y, {z.N, z.P, z.Q, z.C}, Write::overwrite,
                                           stream, x);
    };
    if (z.R == 2 && z.S == 2)
        with.template operator()<2>();
    else if (z.R == 3 && z.S == 3)
        with.template operator()<3>();
    else
        with.template operator()<0>();
}

template <class T>
void backward(Pixels<const T> dy, Pixels<T> dx, const Pool2dShape& z, AvgDivisor divisor, Write write, Stream stream) {
    constexpr int n = per_vector<T>;
    const AvgPoolBackward<T> f{dy, z, divisor};
    const bool cells = over_cells(z) && pieces_fit<n>(dy, z.C) && pieces_fit<n>(dx, z.C);
    if (!cells) {
        gather<Odd::single, n>(f, dx, {z.N, z.H, z.W, z.C}, write, stream, dy);
        return;
    }
    const Extents e = cells_of(z);
    const Walk all = walk(e, e.values() / n, n);
    launch(z.R == 2 ? avg_pool2d_cells_kernel<2, n, T> : avg_pool2d_cells_kernel<3, n, T>,
           {.blocks = blocks_for(all.pieces), .threads = threads_per_block}, stream, f, dx, all,
           write == Write::accumulate);
}

}  // namespace

#define PROVIDE(T)                                                                                                    \
    void avg_pool2d(Pixels<const T> x, Pixels<T> y, const Pool2dShape& z, AvgDivisor divisor, Stream stream) {        \
        forward(x, y, z, divisor, stream);                                                                            \
    }                                                                                                                 \
    void avg_pool2d_backward(Pixels<const T> dy, Pixels<T> dx, const Pool2dShape& z, AvgDivisor divisor, Write write, \
                             Stream stream) {                                                                         \
        backward(dy, dx, z, divisor, write, stream);                                                                  \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
