#include "kernels/pick.h"

#include "kernels/cpu/rows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

template <class T>
void put(float dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, T& to, Write write, Stream stream) {
    if (write == Write::overwrite)
        for_rows(stream, pixels, channels, dx.stride == channels, [&](std::int64_t first, std::int64_t n) {
            T* out = dx[first];
            for (std::int64_t i = 0; i < n; ++i) out[i] = T(0.0f);
        });
    to = T(static_cast<float>(to) + dy);
}

}  // namespace

void pick_backward(const float* dy, Pixels<float> dx, std::int64_t pixels, std::int64_t channels, std::int64_t pixel,
                   std::int64_t channel, Write write, Stream stream) {
    put(*dy, dx, pixels, channels, dx[pixel][channel], write, stream);
}
void pick_backward(const float* dy, Pixels<bf16> dx, std::int64_t pixels, std::int64_t channels, std::int64_t pixel,
                   std::int64_t channel, Write write, Stream stream) {
    put(*dy, dx, pixels, channels, dx[pixel][channel], write, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
