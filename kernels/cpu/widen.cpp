#include "kernels/widen.h"

#include "kernels/cpu/rows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

template <class T>
void choose(Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, std::int64_t first,
            std::int64_t count, Write write, Stream stream) {
    for_rows(stream, pixels, channels, false, [&](std::int64_t i, std::int64_t) {
        const T* from = dy[i];
        T* to = dx[i] + first;
        if (write == Write::accumulate) {
            for (std::int64_t c = 0; c < count; ++c) to[c] = T(static_cast<float>(to[c]) + static_cast<float>(from[c]));
            return;
        }
        __builtin_memset(static_cast<void*>(dx[i]), 0, static_cast<std::size_t>(first) * sizeof(T));
        __builtin_memcpy(to, from, static_cast<std::size_t>(count) * sizeof(T));
        __builtin_memset(static_cast<void*>(to + count), 0,
                         static_cast<std::size_t>(channels - first - count) * sizeof(T));
    });
}

}  // namespace

#define PROVIDE(T)                                                                                               \
    void widen(Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, std::int64_t first, \
               std::int64_t count, Write write, Stream stream) {                                                 \
        choose(dy, dx, pixels, channels, first, count, write, stream);                                           \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::cpu::GRADUS_ISA
