#include "kernels/add_transposed.h"

namespace gradus::kernels::reference {

template <class T>
void add_transposed(const T* a, T* y, std::int64_t C, Stream) {
    for (std::int64_t i = 0; i < C; ++i)
        for (std::int64_t j = 0; j < C; ++j) y[i * C + j] = a[i * C + j] + a[j * C + i];
}

template void add_transposed<float>(const float*, float*, std::int64_t, Stream);
template void add_transposed<double>(const double*, double*, std::int64_t, Stream);

}  // namespace gradus::kernels::reference
