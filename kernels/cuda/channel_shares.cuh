#pragma once
// NHWC tensors of whose channels something is known or summed: how they are cut, so that a thread keeps to a few
// channels, and how the sums of blocks are added. Who sums what follows from the shape and from where the tensor lies,
// so every run and every GPU gives the same bytes.
#include <cstdint>

#include "kernels/cuda/grid.cuh"
#include "kernels/cuda/vector.cuh"
#include "kernels/reduce.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// Block (i, j) has the i-th group of channels and the j-th share of the pixels. A row of its threads takes a pixel, a
/// piece of n channels each; the rows take turns.
struct ChannelCut {
    std::int64_t pixels, channels;
    std::int64_t share;  // pixels of a share
    int group;           // channels of a group, whole pieces, at most cuda_channel_group
    unsigned groups, shares;

    Grid grid() const { return {.blocks = {groups, shares}, .threads = threads_per_block}; }
};

template <int n>
ChannelCut channel_cut(std::int64_t pixels, std::int64_t channels, std::int64_t shares) {
    const std::int64_t groups = (channels + cuda_channel_group - 1) / cuda_channel_group;
    const std::int64_t pieces = channels / n, of_group = (pieces + groups - 1) / groups;
    return {pixels,
            channels,
            (pixels + shares - 1) / shares,
            static_cast<int>(of_group) * n,
            static_cast<unsigned>(groups),
            static_cast<unsigned>(shares)};
}

/// What a thread has of it: n channels from `channel` on, of the pixels first, first + rows, ... before last.
template <int n>
struct Turns {
    int width, rows, row;  // threads of a row, rows of the block
    std::int64_t channel, first, last;

    __device__ __forceinline__ explicit Turns(const ChannelCut& cut) {
        const int thread = static_cast<int>(threadIdx.x);
        width = cut.group / n;
        rows = static_cast<int>(threads_per_block) / width;
        row = thread / width;
        channel = std::int64_t{blockIdx.x} * cut.group + thread % width * n;
        first = blockIdx.y * cut.share + row;
        const std::int64_t end = (blockIdx.y + 1) * cut.share;
        const bool idle = row >= rows || channel >= cut.channels;
        last = idle ? 0 : end < cut.pixels ? end : cut.pixels;
    }
    /// Whether the thread has a j-th pixel from i on.
    __device__ __forceinline__ bool has(std::int64_t i, int j) const { return i + j * rows < last; }

    /// The thread's channels of its next pixels from i on, of i again where there are no more: without a branch all
    /// loads are on their way before the first is waited for.
    template <int count, class T>
    __device__ __forceinline__ void load_ahead(Pixels<const T> x, std::int64_t i, Values<T, n> (&v)[count]) const {
#pragma unroll
        for (int j = 0; j < count; ++j) v[j] = load<n>(x[has(i, j) ? i + j * rows : i] + channel);
    }
};

/// Loads of a thread that are on their way at once: 64 bytes, and less where values are read one by one.
template <int n>
constexpr int loads_ahead = n > 1 ? 4 : 8;

/// Every thread has `kinds` sums of each of its channels: adds those of the rows, halving their number each time, and
/// writes them to of_share [share][kind][channel].
template <int kinds, int n>
__device__ __forceinline__ void write_sums(const double (&sums)[kinds][n], const Turns<n>& turns, const ChannelCut& cut,
                                           double* of_share) {
    GRADUS_SHARED(double, shared, [kinds * n][threads_per_block]);
    const int thread = static_cast<int>(threadIdx.x);
#pragma unroll
    for (int s = 0; s < kinds * n; ++s) shared[s][thread] = sums[s / n][s % n];
    __syncthreads();
    for (int left = turns.rows; left > 1;) {
        const int half = (left + 1) / 2;
        if (turns.row < left - half) {
#pragma unroll
            for (int s = 0; s < kinds * n; ++s) shared[s][thread] += shared[s][thread + half * turns.width];
        }
        left = half;
        __syncthreads();
    }
    if (turns.row > 0 || turns.channel >= cut.channels) return;
#pragma unroll
    for (int s = 0; s < kinds * n; ++s)
        of_share[(std::int64_t{blockIdx.y} * kinds + s / n) * cut.channels + turns.channel + s % n] = shared[s][thread];
}

/// One block per so many channels adds the sums of the shares.
constexpr int channels_at_once = 8;
inline Grid grid_of_totals(std::int64_t channels) {
    return {.blocks = static_cast<unsigned>((channels + channels_at_once - 1) / channels_at_once),
            .threads = threads_per_block};
}

/// The channel whose total the thread gets, or -1. Lane l of a channel's 32 adds the shares l, l + 32, ..., and the
/// first adds the lanes' sums in their order. Sectors of 32 bytes are read whole, by 8 neighboring channels.
template <int kinds>
__device__ __forceinline__ std::int64_t add_shares(const double* of_share, std::int64_t shares, std::int64_t channels,
                                                   double (&sum)[kinds]) {
    constexpr int lanes = static_cast<int>(threads_per_block) / channels_at_once;
    GRADUS_SHARED(double, of_lane, [lanes][kinds][channels_at_once]);
    const int at = static_cast<int>(threadIdx.x) % channels_at_once;
    const int lane = static_cast<int>(threadIdx.x) / channels_at_once;
    const std::int64_t channel = std::int64_t{blockIdx.x} * channels_at_once + at;
    if (channel < channels) {
#pragma unroll 8
        for (std::int64_t i = lane; i < shares; i += lanes)
#pragma unroll
            for (int s = 0; s < kinds; ++s) sum[s] += of_share[(i * kinds + s) * channels + channel];
    }
#pragma unroll
    for (int s = 0; s < kinds; ++s) of_lane[lane][s][at] = sum[s];
    __syncthreads();
    if (lane > 0 || channel >= channels) return -1;
#pragma unroll
    for (int l = 1; l < lanes; ++l)
#pragma unroll
        for (int s = 0; s < kinds; ++s) sum[s] += of_lane[l][s][at];
    return channel;
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
