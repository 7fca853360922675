#include <cmath>

#include "kernels/cuda/pool2d_windows.cuh"
#include "kernels/max_pool2d.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// n indices, side by side.
template <int n>
struct alignas(n) Winners {
    std::uint8_t at[n];
};

// Each value of y is the largest of a window of x, and leaves the index of that behind; gather.cuh says who writes it.
// Windows of a size that is known here are all on their way before the first value is looked at: four or nine loads of
// 16 bytes a thread. Traffic: reads x, whose overlapping windows meet in the caches, writes y and one byte of index per
// value: for windows of 2x2, 16 + 4 + 1 bytes per output in f32 for 4 comparisons. Bound by memory.
template <class T, int size>  // of a square window; 0: any
struct MaxPool {
    Pixels<const T> x;
    Pixels<std::uint8_t> index;  // may be null
    Pool2dShape z;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        const int S = size > 0 ? size : static_cast<int>(z.S),
                  top = at.row * static_cast<int>(z.stride_h) - static_cast<int>(z.pad_h),
                  left = at.column * static_cast<int>(z.stride_w) - static_cast<int>(z.pad_w),
                  last_row = static_cast<int>(z.H) - 1 - top, last_column = static_cast<int>(z.W) - 1 - left;
        const T* corner = x[(at.picture * z.H + top) * z.W + left] + at.channel;
        // A tap beside the picture gives way to the nearest one in it, which is looked at anyway: loads need no test.
        const auto nearest = [](int tap, int first, int last) {
            return tap + first < 0 ? -first : tap > last ? last : tap;
        };
        Values<T, n> best;
        int winner[n];
#pragma unroll
        for (int k = 0; k < n; ++k) {
            best.at[k] = -INFINITY;
            winner[k] = nearest(0, top, last_row) * S + nearest(0, left, last_column);
        }
        const auto look = [&](int i, int j) {
            const int r = nearest(i, top, last_row), s = nearest(j, left, last_column);
            const Values<T, n> v = load<n>(corner + (r * z.W + s) * x.stride);
#pragma unroll
            for (int k = 0; k < n; ++k) {
                const bool larger = !(v.at[k] <= best.at[k]) && best.at[k] == best.at[k];  // or the first NaN
                best.at[k] = larger ? v.at[k] : best.at[k];
                winner[k] = larger ? r * S + s : winner[k];
            }
        };
        if constexpr (size > 0) {
#pragma unroll
            for (int i = 0; i < size; ++i)
#pragma unroll
                for (int j = 0; j < size; ++j) look(i, j);
        } else {
            for (int i = 0; i < z.R; ++i)
                for (int j = 0; j < z.S; ++j) look(i, j);
        }
        if (index.data) {
            Winners<n> winners;
#pragma unroll
            for (int k = 0; k < n; ++k) winners.at[k] = static_cast<std::uint8_t>(winner[k]);
            const std::int64_t pixel = (at.picture * z.P + at.row) * z.Q + at.column;
            *reinterpret_cast<Winners<n>*>(index[pixel] + at.channel) = winners;
        }
        return best;
    }
};

// Each value of dx looks up its windows: nothing is written twice, and the order of the sum is the windows'. Traffic:
// reads dy and the indices (from the caches where windows overlap), writes dx, and reads it first to accumulate; for
// windows of 2x2, 4 + (4 + 1) / 4 bytes per value of dx in f32. Bound by memory.
template <class T>
struct MaxPoolBackward {
    Pixels<const T> dy;
    Pixels<const std::uint8_t> index;
    Pool2dShape z;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        Values<T, n> sum = {};
        for_windows(z, at.row, at.column, [&](std::int64_t p, std::int64_t q, std::int64_t tap) {
            const std::int64_t from = (at.picture * z.P + p) * z.Q + q;
            const auto winner = *reinterpret_cast<const Winners<n>*>(index[from] + at.channel);
            const Values<T, n> g = load<n>(dy[from] + at.channel);
#pragma unroll
            for (int k = 0; k < n; ++k) sum.at[k] += winner.at[k] == tap ? g.at[k] : 0.0f;
        });
        return sum;
    }
};

// The same for windows of size x size, 2 apart. One thread per n channels of a cell, the 2x2 pixels of dx that the same
// windows hold: it reads each of these (one for a size of 2, four for 3) once for four pieces of dx.
template <int size, int n, class T>
__global__ void __launch_bounds__(threads_per_block, 3)
    max_pool2d_cells_kernel(MaxPoolBackward<T> f, Pixels<T> dx, Walk cells, bool accumulate) {
    constexpr int before = (size - 1) / 2, windows = before + 1;  // windows that reach into a cell, along an axis
    const int H = static_cast<int>(f.z.H), W = static_cast<int>(f.z.W), P = static_cast<int>(f.z.P),
              Q = static_cast<int>(f.z.Q), pad_h = static_cast<int>(f.z.pad_h), pad_w = static_cast<int>(f.z.pad_w);
    for_spots<n>(cells, [&](const Spot& at) {
        Winners<n> winner[windows][windows];
        Values<T, n> g[windows][windows];
        bool there[windows][windows];
#pragma unroll
        for (int i = 0; i < windows; ++i)
#pragma unroll
            for (int j = 0; j < windows; ++j) {  // one beside the picture gives way to the nearest, and does not count
                const int p = at.row + i - before, q = at.column + j - before;
                there[i][j] = p >= 0 && p < P && q >= 0 && q < Q;
                const std::int64_t from = (at.picture * f.z.P + inside(p, P)) * Q + inside(q, Q);
                winner[i][j] = *reinterpret_cast<const Winners<n>*>(f.index[from] + at.channel);
                g[i][j] = load<n>(f.dy[from] + at.channel);
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
                        const int down = r + 2 * (before - i), across = s + 2 * (before - j);
                        if (down >= size || across >= size) continue;
                        const int tap = there[i][j] ? down * size + across : -1;
#pragma unroll
                        for (int k = 0; k < n; ++k)
                            if (winner[i][j].at[k] == tap) sum.at[k] += g[i][j].at[k];
                    }
                store<n>(to, sum);
            }
    });
}

template <class T>
void forward(Pixels<const T> x, Pixels<T> y, Pixels<std::uint8_t> index, const Pool2dShape& z, Stream stream) {
    const auto with = [&]<int size>() {
        gather<Odd::single, per_vector<T>>(MaxPool<T, size>{x, index, z}, y, {z.N, z.P, z.Q, z.C}, Write::overwrite,
                                           stream, x, index);
    };
    if (z.R == 2 && z.S == 2)
        with.template operator()<2>();
    else if (z.R == 3 && z.S == 3)
        with.template operator()<3>();
    else
        with.template operator()<0>();
}

template <class T>
void backward(Pixels<const T> dy, Pixels<const std::uint8_t> index, Pixels<T> dx, const Pool2dShape& z, Write write,
              Stream stream) {
    constexpr int n = per_vector<T>;
    const MaxPoolBackward<T> f{dy, index, z};
    const bool cells = over_cells(z) && pieces_fit<n>(dy, z.C) && pieces_fit<n>(index, z.C) && pieces_fit<n>(dx, z.C);
    if (!cells) {
        gather<Odd::single, n>(f, dx, {z.N, z.H, z.W, z.C}, write, stream, dy, index);
        return;
    }
    const Extents e = cells_of(z);
    const Walk all = walk(e, e.values() / n, n);
    launch(z.R == 2 ? max_pool2d_cells_kernel<2, n, T> : max_pool2d_cells_kernel<3, n, T>,
           {.blocks = blocks_for(all.pieces), .threads = threads_per_block}, stream, f, dx, all,
           write == Write::accumulate);
}

}  // namespace

#define PROVIDE(T)                                                                                                     \
    void max_pool2d(Pixels<const T> x, Pixels<T> y, Pixels<std::uint8_t> index, const Pool2dShape& z, Stream stream) { \
        forward(x, y, index, z, stream);                                                                               \
    }                                                                                                                  \
    void max_pool2d_backward(Pixels<const T> dy, Pixels<const std::uint8_t> index, Pixels<T> dx, const Pool2dShape& z, \
                             Write write, Stream stream) {                                                             \
        backward(dy, index, dx, z, write, stream);                                                                     \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
