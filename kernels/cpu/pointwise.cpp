#include "kernels/pointwise.h"

#include "kernels/cpu/rows.h"
#include "kernels/pointwise_functions.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

template <bool accumulate, class T>
void forward(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t channels, const Pointwise& p,
             Stream stream) {
    with_function<float>(p, [&](auto f) {
        const bool dense = x.stride == channels && y.stride == channels;
        for_rows(stream, pixels, channels, dense, [&](std::int64_t first, std::int64_t n) {
            const T* in = x[first];
            T* out = y[first];
            for (std::int64_t i = 0; i < n; ++i) {
                const float v = f.value(static_cast<float>(in[i]));
                out[i] = T(accumulate ? static_cast<float>(out[i]) + v : v);
            }
        });
    });
}

template <bool accumulate, class T>
void backward(Pixels<const T> at, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
              const Pointwise& p, Stream stream) {
    with_function<float>(p, [&](auto f) {
        const bool dense = at.stride == channels && dy.stride == channels && dx.stride == channels;
        for_rows(stream, pixels, channels, dense, [&](std::int64_t first, std::int64_t n) {
            const T *where = at[first], *from = dy[first];
            T* to = dx[first];
            for (std::int64_t i = 0; i < n; ++i) {
                const float v = f.slope(static_cast<float>(where[i])) * static_cast<float>(from[i]);
                to[i] = T(accumulate ? static_cast<float>(to[i]) + v : v);
            }
        });
    });
}

}  // namespace

#define PROVIDE(T)                                                                                                 \
    void pointwise(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t channels, const Pointwise& p, \
                   Write write, Stream stream) {                                                                   \
        if (write == Write::accumulate)                                                                            \
            forward<true>(x, y, pixels, channels, p, stream);                                                      \
        else                                                                                                       \
            forward<false>(x, y, pixels, channels, p, stream);                                                     \
    }                                                                                                              \
    void pointwise_backward(Pixels<const T> at, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels,             \
                            std::int64_t channels, const Pointwise& p, Write write, Stream stream) {               \
        if (write == Write::accumulate)                                                                            \
            backward<true>(at, dy, dx, pixels, channels, p, stream);                                               \
        else                                                                                                       \
            backward<false>(at, dy, dx, pixels, channels, p, stream);                                              \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::cpu::GRADUS_ISA
