#pragma once
#include "tools/techniques/mean_gradient.h"

namespace gradus {

struct SmoothGradOptions {
    int samples = 50;
    float sigma = 0.15f;  // of the noise, as a share of the range of the picture's values
    std::uint64_t seed = 0;
};

/// The mean gradient of a unit over copies of a picture with different noise: what a tiny change of the picture would
/// change, averages out.
///
/// shapes    picture (1,H,W,3) -> the same
/// cost      `samples` forward and input-gradient passes
/// paper     Smilkov et al. 2017, SmoothGrad: removing noise by adding noise
Tensor smooth_grad(const NetRun& run, const Unit& unit, const Tensor& picture, const SmoothGradOptions& options = {});

}  // namespace gradus
