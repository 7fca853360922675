#include "kernels/matmul.h"

#include "kernels/cpu/parallel.h"

namespace gradus::kernels::reference {

// One row of y at a time, 64 of its values at a time.
template <class T>
void matmul(Pixels<const T> a, Pixels<const T> b, Compute<T>* y, const MatmulShape& z, Write write, std::byte*,
            Stream stream) {
    constexpr std::int64_t columns = 64;
    cpu::parallel_for(stream, z.M, [&](std::int64_t m, int) {
        for (std::int64_t n0 = 0; n0 < z.N; n0 += columns) {
            const std::int64_t count = z.N - n0 < columns ? z.N - n0 : columns;
            double sum[columns] = {};
            for (std::int64_t k = 0; k < z.K; ++k) {
                const auto left = static_cast<double>(z.transpose_a ? a[k][m] : a[m][k]);
                for (std::int64_t n = 0; n < count; ++n)
                    sum[n] += left * static_cast<double>(z.transpose_b ? b[n0 + n][k] : b[k][n0 + n]);
            }
            for (std::int64_t n = 0; n < count; ++n) {
                Compute<T>& out = y[m * z.N + n0 + n];
                const double before = write == Write::accumulate ? static_cast<double>(out) : 0.0;
                out = static_cast<Compute<T>>(before + sum[n]);
            }
        }
    });
}

template void matmul<float>(Pixels<const float>, Pixels<const float>, float*, const MatmulShape&, Write, std::byte*,
                            Stream);
template void matmul<double>(Pixels<const double>, Pixels<const double>, double*, const MatmulShape&, Write, std::byte*,
                             Stream);
template void matmul<bf16>(Pixels<const bf16>, Pixels<const bf16>, float*, const MatmulShape&, Write, std::byte*,
                           Stream);

}  // namespace gradus::kernels::reference
