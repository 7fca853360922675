#include "kernels/cuda/gather.cuh"
#include "kernels/pad.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// Each value looks up where it came from; gather.cuh says who writes it. Traffic: reads x (what lies beyond the border
// from the caches), writes y, and reads it first to accumulate: 8 or 12 bytes per value in f32, no arithmetic but the
// index. Bound by memory.
template <class T>
struct Pad {
    Pixels<const T> x;
    PadShape s;
    PadMode mode;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        const std::int64_t h = border_source(at.row - s.top, s.H, mode),
                           w = border_source(at.column - s.left, s.W, mode);
        if (h < 0 || w < 0) return {};
        return load<n>(x[(at.picture * s.H + h) * s.W + w] + at.channel);
    }
};

// Each value of dx adds up all places of dy that show it, row by row: nothing is written twice. Traffic: reads dy,
// writes dx, and reads it first to accumulate: 8 or 12 bytes per value in f32. Bound by memory.
template <class T>
struct PadBackward {
    Pixels<const T> dy;
    PadShape s;
    PadMode mode;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        Values<T, n> sum = {};
        for_border_images(at.row, s.H, -s.top, s.P - 1 - s.top, mode, [&](std::int64_t row) {
            for_border_images(at.column, s.W, -s.left, s.Q - 1 - s.left, mode, [&](std::int64_t column) {
                const std::int64_t from = (at.picture * s.P + row + s.top) * s.Q + column + s.left;
                const Values<T, n> g = load<n>(dy[from] + at.channel);
#pragma unroll
                for (int k = 0; k < n; ++k) sum.at[k] += g.at[k];
            });
        });
        return sum;
    }
};

}  // namespace

#define PROVIDE(T)                                                                                                     \
    void pad(Pixels<const T> x, Pixels<T> y, const PadShape& s, PadMode mode, Write write, Stream stream) {            \
        gather<Odd::across, per_vector<T>>(Pad<T>{x, s, mode}, y, {s.N, s.P, s.Q, s.C}, write, stream, x);             \
    }                                                                                                                  \
    void pad_backward(Pixels<const T> dy, Pixels<T> dx, const PadShape& s, PadMode mode, Write write, Stream stream) { \
        gather<Odd::single, per_vector<T>>(PadBackward<T>{dy, s, mode}, dx, {s.N, s.H, s.W, s.C}, write, stream, dy);  \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
