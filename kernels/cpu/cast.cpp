#include "kernels/cast.h"

#include "kernels/cpu/rows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

template <bool accumulate, class From, class To>
void convert(Pixels<const From> x, Pixels<To> y, std::int64_t pixels, std::int64_t channels, Stream stream) {
    const bool dense = x.stride == channels && y.stride == channels;
    for_rows(stream, pixels, channels, dense, [&](std::int64_t first, std::int64_t n) {
        const From* in = x[first];
        To* out = y[first];
        for (std::int64_t i = 0; i < n; ++i) {
            const float v = static_cast<float>(in[i]);
            out[i] = To(accumulate ? static_cast<float>(out[i]) + v : v);
        }
    });
}

template <class From, class To>
void convert(Pixels<const From> x, Pixels<To> y, std::int64_t pixels, std::int64_t channels, Write write,
             Stream stream) {
    if (write == Write::accumulate)
        convert<true>(x, y, pixels, channels, stream);
    else
        convert<false>(x, y, pixels, channels, stream);
}

}  // namespace

void cast(Pixels<const float> x, Pixels<bf16> y, std::int64_t pixels, std::int64_t channels, Write write,
          Stream stream) {
    convert(x, y, pixels, channels, write, stream);
}
void cast(Pixels<const bf16> x, Pixels<float> y, std::int64_t pixels, std::int64_t channels, Write write,
          Stream stream) {
    convert(x, y, pixels, channels, write, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
