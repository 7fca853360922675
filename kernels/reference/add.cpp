#include "kernels/add.h"

namespace gradus::kernels::reference {

template <class T>
void add(Pixels<const T> a, Pixels<const T> b, Pixels<T> y, std::int64_t pixels, std::int64_t channels, Stream) {
    for (std::int64_t i = 0; i < pixels; ++i)
        for (std::int64_t c = 0; c < channels; ++c) y[i][c] = T(static_cast<Compute<T>>(a[i][c]) + b[i][c]);
}

template void add<float>(Pixels<const float>, Pixels<const float>, Pixels<float>, std::int64_t, std::int64_t, Stream);
template void add<bf16>(Pixels<const bf16>, Pixels<const bf16>, Pixels<bf16>, std::int64_t, std::int64_t, Stream);
template void add<double>(Pixels<const double>, Pixels<const double>, Pixels<double>, std::int64_t, std::int64_t,
                          Stream);

}  // namespace gradus::kernels::reference
