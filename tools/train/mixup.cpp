#include "tools/train/mixup.h"

#include <algorithm>
#include <cmath>

namespace gradus {

double mixup_weight(double alpha, const Draws& draws) {
    for (int e = 0;; e += 2) {
        // x = u^(1/alpha) and y alike, taken if x + y <= 1, which every second pair is at least: x / (x + y). In
        // logarithms, since x and y may be too small for numbers. u is never 0.
        const auto log_power = [&](int n) { return std::log(static_cast<double>(draws.uniform(n)) + 0x1p-25) / alpha; };
        const double x = log_power(e), y = log_power(e + 1);
        if (std::exp(x) + std::exp(y) <= 1) return 1 / (1 + std::exp(-std::abs(x - y)));
    }
}

}  // namespace gradus
