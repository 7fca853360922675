#include "kernels/add.h"

#include "kernels/cpu/rows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

template <class T>
void sum(Pixels<const T> a, Pixels<const T> b, Pixels<T> y, std::int64_t pixels, std::int64_t channels, Stream stream) {
    const bool dense = a.stride == channels && b.stride == channels && y.stride == channels;
    for_rows(stream, pixels, channels, dense, [&](std::int64_t first, std::int64_t n) {
        const T *left = a[first], *right = b[first];
        T* out = y[first];
        for (std::int64_t i = 0; i < n; ++i) out[i] = T(static_cast<float>(left[i]) + static_cast<float>(right[i]));
    });
}

}  // namespace

void add(Pixels<const float> a, Pixels<const float> b, Pixels<float> y, std::int64_t pixels, std::int64_t channels,
         Stream stream) {
    sum(a, b, y, pixels, channels, stream);
}
void add(Pixels<const bf16> a, Pixels<const bf16> b, Pixels<bf16> y, std::int64_t pixels, std::int64_t channels,
         Stream stream) {
    sum(a, b, y, pixels, channels, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
