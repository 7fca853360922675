// A task takes some rows. Each is read three times, from the first-level cache.
#include "kernels/softmax.h"

#include "kernels/cpu/rows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {

void softmax(Pixels<const float> x, Pixels<float> y, std::int64_t rows, std::int64_t classes, Stream stream) {
    for_rows(stream, rows, classes, false, [&](std::int64_t i, std::int64_t) {
        const float* in = x[i];
        float* out = y[i];
        float largest = in[0];
        for (std::int64_t k = 1; k < classes; ++k) largest = in[k] > largest ? in[k] : largest;
        double sum = 0;
        for (std::int64_t k = 0; k < classes; ++k) {
            out[k] = __builtin_expf(in[k] - largest);
            sum += static_cast<double>(out[k]);
        }
        const auto share = static_cast<float>(1.0 / sum);
        for (std::int64_t k = 0; k < classes; ++k) out[k] *= share;
    });
}

void softmax_backward(Pixels<const float> y, Pixels<const float> dy, Pixels<float> dx, std::int64_t rows,
                      std::int64_t classes, Write write, Stream stream) {
    for_rows(stream, rows, classes, false, [&](std::int64_t i, std::int64_t) {
        const float *at = y[i], *from = dy[i];
        float* to = dx[i];
        double sum = 0;
        for (std::int64_t k = 0; k < classes; ++k) sum += static_cast<double>(from[k]) * static_cast<double>(at[k]);
        const auto mean = static_cast<float>(sum);  // of dy, weighted by y
        for (std::int64_t k = 0; k < classes; ++k) {
            const float d = at[k] * (from[k] - mean);
            to[k] = write == Write::accumulate ? to[k] + d : d;
        }
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
