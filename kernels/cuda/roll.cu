#include "kernels/border.h"
#include "kernels/cuda/gather.cuh"
#include "kernels/roll.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// Each value looks up where it came from; gather.cuh says who writes it. The offset lies on the device: it is another
// one at each step. Traffic: reads x, writes y, and reads it first to accumulate: 8 or 12 bytes per value in f32, no
// arithmetic but the index. Bound by memory.
template <class T>
struct Roll {
    Pixels<const T> x;
    const std::int32_t* offset;
    RollShape s;
    int sign;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        const std::int32_t* by = s.offset_each ? offset + 2 * at.picture : offset;
        const std::int64_t h = border_source(at.row - sign * std::int64_t{by[0]}, s.H, PadMode::circular),
                           w = border_source(at.column - sign * std::int64_t{by[1]}, s.W, PadMode::circular);
        return load<n>(x[(at.picture * s.H + h) * s.W + w] + at.channel);
    }
};

template <class T>
void choose(Pixels<const T> x, const std::int32_t* offset, Pixels<T> y, const RollShape& s, int sign, Write write,
            Stream stream) {
    gather<Odd::across, per_vector<T>>(Roll<T>{x, offset, s, sign}, y, {s.N, s.H, s.W, s.C}, write, stream, x);
}

}  // namespace

void roll(Pixels<const float> x, const std::int32_t* offset, Pixels<float> y, const RollShape& s, int sign, Write write,
          Stream stream) {
    choose(x, offset, y, s, sign, write, stream);
}
void roll(Pixels<const bf16> x, const std::int32_t* offset, Pixels<bf16> y, const RollShape& s, int sign, Write write,
          Stream stream) {
    choose(x, offset, y, s, sign, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
