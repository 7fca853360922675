// Forward, the rows are summed in order on one thread: there are few. Backward, a task takes some rows.
#include "kernels/cross_entropy.h"

#include "kernels/cpu/rows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

/// The largest value of a row, and the sum of exp(x - largest).
struct Sum {
    float largest;
    double sum;
};
Sum sum_exp(const float* x, std::int64_t classes) {
    Sum s{x[0], 0};
    for (std::int64_t k = 1; k < classes; ++k) s.largest = x[k] > s.largest ? x[k] : s.largest;
    for (std::int64_t k = 0; k < classes; ++k) s.sum += static_cast<double>(__builtin_expf(x[k] - s.largest));
    return s;
}

double mean_of(const float* x, std::int64_t classes) {
    double sum = 0;
    for (std::int64_t k = 0; k < classes; ++k) sum += static_cast<double>(x[k]);
    return sum / static_cast<double>(classes);
}

bool is_class(std::int32_t label, std::int64_t classes) { return label >= 0 && label < classes; }

}  // namespace

void cross_entropy(Pixels<const float> x, const std::int32_t* labels, float* loss, std::int64_t rows,
                   std::int64_t classes, double smoothing, std::byte*, Stream) {
    double total = 0;
    for (std::int64_t i = 0; i < rows; ++i) {
        if (!is_class(labels[i], classes)) {
            *loss = __builtin_nanf("");
            return;
        }
        const Sum s = sum_exp(x[i], classes);
        const double others = smoothing != 0 ? smoothing * mean_of(x[i], classes) : 0;
        total += __builtin_log(s.sum) + static_cast<double>(s.largest) -
                 (1 - smoothing) * static_cast<double>(x[i][labels[i]]) - others;
    }
    *loss = static_cast<float>(total / static_cast<double>(rows));
}

void cross_entropy_backward(Pixels<const float> x, const std::int32_t* labels, const float* d, Pixels<float> dx,
                            std::int64_t rows, std::int64_t classes, double smoothing, Write write, Stream stream) {
    const double share = static_cast<double>(*d) / static_cast<double>(rows);
    for_rows(stream, rows, classes, false, [&](std::int64_t i, std::int64_t) {
        const float* in = x[i];
        float* to = dx[i];
        const Sum s = sum_exp(in, classes);
        const bool there = is_class(labels[i], classes);
        const double other = smoothing / static_cast<double>(classes);
        const auto factor = there ? static_cast<float>(share / s.sum) : __builtin_nanf("");
        const auto put = [&](std::int64_t k, float v) { to[k] = write == Write::accumulate ? to[k] + v : v; };
        for (std::int64_t k = 0; k < classes; ++k)
            if (k != labels[i]) put(k, factor * __builtin_expf(in[k] - s.largest) - static_cast<float>(share * other));
        // One minus a probability near 1 loses digits in f32.
        if (there) {
            const double right = static_cast<double>(__builtin_expf(in[labels[i]] - s.largest)) / s.sum;
            put(labels[i], static_cast<float>(share * (right - (1 - smoothing + other))));
        }
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
