#pragma once
// Walking over an NHWC tensor with coordinates: a thread divides when it starts, in 32 bits, and from there on only
// adds and carries. A division of 64 bits at every step would take longer than the 16 bytes that it finds.
#include <cstdint>

#include "kernels/cuda/grid.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// The sizes of a tensor, each below 2^31; their product may be larger.
struct Extents {
    int pictures, rows, columns, channels;

    Extents(std::int64_t N, std::int64_t H, std::int64_t W, std::int64_t C)
        : pictures(static_cast<int>(N)),
          rows(static_cast<int>(H)),
          columns(static_cast<int>(W)),
          channels(static_cast<int>(C)) {}
    std::int64_t values() const { return std::int64_t{pictures} * rows * columns * channels; }
};

/// A value of a tensor: a pixel and one of its channels.
struct Spot {
    int picture, row, column, channel;
};

/// Where the i-th value lies; Integer, which holds i, is unsigned.
template <class Integer>
constexpr Spot spot_of(Integer i, const Extents& e) {
    const auto channels = static_cast<Integer>(e.channels), columns = static_cast<Integer>(e.columns),
               rows = static_cast<Integer>(e.rows);
    const Integer pixel = i / channels, line = pixel / columns, picture = line / rows;
    return {static_cast<int>(picture), static_cast<int>(line - picture * rows),
            static_cast<int>(pixel - line * columns), static_cast<int>(i - pixel * channels)};
}

/// Where one lands that goes `by` further, itself a spot.
constexpr Spot moved(Spot at, const Spot& by, const Extents& e) {
    at.picture += by.picture, at.row += by.row, at.column += by.column, at.channel += by.channel;
    if (at.channel >= e.channels) at.channel -= e.channels, ++at.column;
    if (at.column >= e.columns) at.column -= e.columns, ++at.row;
    if (at.row >= e.rows) at.row -= e.rows, ++at.picture;
    return at;
}

/// The pixel's number, as Pixels counts them.
constexpr std::int64_t pixel_of(const Spot& at, const Extents& e) {
    return (std::int64_t{at.picture} * e.rows + at.row) * e.columns + at.column;
}

/// How a launch walks: its thread i starts at value n i and takes `step` values at a time, `pieces` of n in all.
struct Walk {
    Extents extents;
    std::int64_t pieces;
    Spot step, start = {};
};

inline Walk walk(const Extents& e, std::int64_t pieces, int n) {
    const std::int64_t threads = std::int64_t{blocks_for(pieces)} * threads_per_block;
    return {e, pieces, spot_of(static_cast<std::uint64_t>(threads) * static_cast<std::uint64_t>(n), e)};
}

/// Calls f(spot) for each piece of this thread. Threads times n is less than 2^32: see blocks_for.
template <int n, class F>
__device__ __forceinline__ void for_spots(const Walk& walk, const F& f) {
    const Extents& e = walk.extents;
    Spot at = moved(walk.start, spot_of(static_cast<unsigned>(first_element()) * unsigned{n}, e), e);
    for (auto i = first_element(); i < walk.pieces; i += grid_stride(), at = moved(at, walk.step, e)) f(at);
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
