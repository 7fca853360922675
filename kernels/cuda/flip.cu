#include "kernels/cuda/gather.cuh"
#include "kernels/flip.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// Each value looks up its mirror image; gather.cuh says who writes it. Neighbors in a warp read neighboring pixels,
// backwards where columns turn round. Traffic: reads x, writes y once each, and reads y first to accumulate. Bound by
// memory.
template <class T>
struct Flip {
    Pixels<const T> x;
    FlipShape s;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        const std::int64_t h = s.rows ? s.H - 1 - at.row : at.row, w = s.columns ? s.W - 1 - at.column : at.column;
        return load<n>(x[(at.picture * s.H + h) * s.W + w] + at.channel);
    }
};

}  // namespace

#define PROVIDE(T)                                                                                    \
    void flip(Pixels<const T> x, Pixels<T> y, const FlipShape& s, Write write, Stream stream) {       \
        gather<Odd::across, per_vector<T>>(Flip<T>{x, s}, y, {s.N, s.H, s.W, s.C}, write, stream, x); \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
