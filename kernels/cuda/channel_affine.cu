#include "kernels/channel_affine.h"
#include "kernels/cuda/gather.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// Each value of y comes from the channel that the map says; gather.cuh says who writes it. x is read value by value, in
// the order of the map: a warp reads all of the lines that it touches, out of L1. Traffic: reads x, writes y, and reads
// it first to accumulate: 8 or 12 bytes per value in f32 for 2 or 3 flops. Bound by memory. The map's tables stay in
// L1.
template <class T>
struct Mapped {
    Pixels<const T> x;
    ChannelMap map;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        Values<T, n> v;
#pragma unroll
        for (int j = 0; j < n; ++j) {
            const std::int64_t k = at.channel + j;
            v.at[j] = map.scale[k] * static_cast<float>(x[at.column][map.from[k]]) + map.shift[k];
        }
        return v;
    }
};

// Each value of dx looks through the whole map: K steps, which is little for the 3 of a picture. Traffic: reads dy,
// writes dx, and reads it first to accumulate.
template <class T>
struct MappedBackward {
    Pixels<const T> dy;
    ChannelMap map;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        Values<T, n> sum = {};
        for (std::int64_t k = 0; k < map.K; ++k) {
            const float g = map.scale[k] * static_cast<float>(dy[at.column][k]);
#pragma unroll
            for (int j = 0; j < n; ++j)
                if (map.from[k] == at.channel + j) sum.at[j] += g;
        }
        return sum;
    }
};

}  // namespace

#define PROVIDE(T)                                                                                                   \
    void channel_affine(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, const ChannelMap& map, Write write,     \
                        Stream stream) {                                                                             \
        gather<Odd::across, per_vector<T>>(Mapped<T>{x, map}, y, {1, 1, pixels, map.K}, write, stream);              \
    }                                                                                                                \
    void channel_affine_backward(Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,       \
                                 const ChannelMap& map, Write write, Stream stream) {                                \
        gather<Odd::across, per_vector<T>>(MappedBackward<T>{dy, map}, dx, {1, 1, pixels, channels}, write, stream); \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
