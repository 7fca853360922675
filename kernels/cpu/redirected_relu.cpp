#include "kernels/redirected_relu.h"

#include "kernels/cpu/parallel.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

// Calls f(item, part, pixel, values) for the runs of contiguous values of every part of every item: a part is a share
// of an item's pixels, one run where all tensors are dense.
template <class F>
void for_parts(const BatchShape& b, bool dense, Stream stream, const F& f) {
    const std::int64_t parts = b.parts(), share = (b.pixels + parts - 1) / parts;
    parallel_for(stream, b.items * parts, [&](std::int64_t i, int) {
        const std::int64_t item = i / parts, begin = (i - item * parts) * share;
        const std::int64_t end = begin + share < b.pixels ? begin + share : b.pixels;
        if (dense && begin < end) f(item, i, item * b.pixels + begin, (end - begin) * b.channels);
        for (std::int64_t p = begin; !dense && p < end; ++p) f(item, i, item * b.pixels + p, b.channels);
    });
}

template <class T>
void backward(Pixels<const T> x, Pixels<const T> dy, Pixels<T> dx, const BatchShape& b, std::byte* scratch, Write write,
              Stream stream) {
    auto* through = reinterpret_cast<unsigned char*>(scratch);
    const std::int64_t parts = b.parts();
    const bool dense = x.stride == b.channels && dy.stride == b.channels && dx.stride == b.channels;
    for (std::int64_t i = 0; i < b.items * parts; ++i) through[i] = 0;
    for_parts(b, dense, stream, [&](std::int64_t, std::int64_t part, std::int64_t first, std::int64_t n) {
        const T *at = x[first], *from = dy[first];
        int any = 0;
        for (std::int64_t i = 0; i < n; ++i)
            any |= static_cast<int>(static_cast<float>(at[i]) > 0.0f) &
                   static_cast<int>(static_cast<float>(from[i]) != 0.0f);
        if (any != 0) through[part] = 1;
    });
    for_parts(b, dense, stream, [&](std::int64_t item, std::int64_t, std::int64_t first, std::int64_t n) {
        int alive = 0;
        for (std::int64_t i = 0; i < parts; ++i) alive |= through[item * parts + i];
        const bool dead = alive == 0, accumulate = write == Write::accumulate;
        const T *at = x[first], *from = dy[first];
        T* to = dx[first];
        for (std::int64_t i = 0; i < n; ++i) {
            const float v = static_cast<float>(at[i]), g = static_cast<float>(from[i]);
            const bool passes = dead ? !(v < 0.0f && g > 0.0f) : v > 0.0f;
            const float passed = passes ? g : 0.0f;
            to[i] = T(accumulate ? static_cast<float>(to[i]) + passed : passed);
        }
    });
}

}  // namespace

void redirected_relu_backward(Pixels<const float> x, Pixels<const float> dy, Pixels<float> dx, const BatchShape& b,
                              std::byte* scratch, Write write, Stream stream) {
    backward(x, dy, dx, b, scratch, write, stream);
}
void redirected_relu_backward(Pixels<const bf16> x, Pixels<const bf16> dy, Pixels<bf16> dx, const BatchShape& b,
                              std::byte* scratch, Write write, Stream stream) {
    backward(x, dy, dx, b, scratch, write, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
