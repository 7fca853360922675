#pragma once
#include "kernels/pointwise_functions.h"

namespace gradus::kernels {

/// The 2 radius + 1 weights of a Gaussian, adding up to 1; with sigma <= 0 only the middle one.
GRADUS_INLINE void gaussian_bell(double* weights, std::int64_t radius, double sigma) {
    double sum = 0;
    for (std::int64_t k = -radius; k <= radius; ++k) {
        const double x = static_cast<double>(k) / sigma;
        const double weight = sigma > 0 ? exp_of(-0.5 * x * x) : k == 0;
        weights[k + radius] = weight;
        sum += weight;
    }
    for (std::int64_t k = 0; k <= 2 * radius; ++k) weights[k] /= sum;
}

}  // namespace gradus::kernels
