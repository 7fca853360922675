#include "kernels/relu.h"

#include "kernels/cpu/rows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

template <class T>
void forward(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t channels, Stream stream) {
    for_rows(stream, pixels, channels, x.stride == channels && y.stride == channels,
             [&](std::int64_t first, std::int64_t n) {
                 const T* in = x[first];
                 T* out = y[first];
                 for (std::int64_t i = 0; i < n; ++i) {
                     const float v = static_cast<float>(in[i]);
                     out[i] = T(v > 0.0f ? v : 0.0f);
                 }
             });
}

template <ReluRule rule, bool accumulate, class T>
void backward(Pixels<const T> y, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
              Stream stream) {
    const bool dense = y.stride == channels && dy.stride == channels && dx.stride == channels;
    for_rows(stream, pixels, channels, dense, [&](std::int64_t first, std::int64_t n) {
        const T* at = y[first];
        const T* from = dy[first];
        T* to = dx[first];
        for (std::int64_t i = 0; i < n; ++i) {
            const float g = static_cast<float>(from[i]);
            const bool active = rule == ReluRule::deconvnet || static_cast<float>(at[i]) > 0.0f;
            const bool positive = rule == ReluRule::plain || g > 0.0f;
            const float passed = active && positive ? g : 0.0f;
            to[i] = T(accumulate ? static_cast<float>(to[i]) + passed : passed);
        }
    });
}

template <class T>
void choose(Pixels<const T> y, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
            ReluRule rule, Write write, Stream stream) {
    const auto with = [&]<ReluRule r>() {
        if (write == Write::accumulate)
            backward<r, true>(y, dy, dx, pixels, channels, stream);
        else
            backward<r, false>(y, dy, dx, pixels, channels, stream);
    };
    if (rule == ReluRule::plain)
        with.template operator()<ReluRule::plain>();
    else if (rule == ReluRule::guided)
        with.template operator()<ReluRule::guided>();
    else
        with.template operator()<ReluRule::deconvnet>();
}

}  // namespace

void relu(Pixels<const float> x, Pixels<float> y, std::int64_t pixels, std::int64_t channels, Stream stream) {
    forward(x, y, pixels, channels, stream);
}
void relu(Pixels<const bf16> x, Pixels<bf16> y, std::int64_t pixels, std::int64_t channels, Stream stream) {
    forward(x, y, pixels, channels, stream);
}
void relu_backward(Pixels<const float> y, Pixels<const float> dy, Pixels<float> dx, std::int64_t pixels,
                   std::int64_t channels, ReluRule rule, Write write, Stream stream) {
    choose(y, dy, dx, pixels, channels, rule, write, stream);
}
void relu_backward(Pixels<const bf16> y, Pixels<const bf16> dy, Pixels<bf16> dx, std::int64_t pixels,
                   std::int64_t channels, ReluRule rule, Write write, Stream stream) {
    choose(y, dy, dx, pixels, channels, rule, write, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
