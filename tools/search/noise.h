#pragma once
#include <cstdint>
#include <string>

#include "engine/tensor.h"

namespace gradus {

/// One whole number, as a state or a constant.
Tensor whole_number(std::int32_t number);

/// Normally distributed numbers of a picture's start: the same for the same stream, seed and item, alone or in a batch.
Tensor normal_noise(const Shape& shape, const std::string& stream, std::uint64_t seed, int item, double mean,
                    double sigma);

}  // namespace gradus
