#pragma once
#include <cstdint>

#include "weights/weights.h"

namespace gradus {

/// Random weights for any net, made when they are asked for: tests and benchmarks need no files. Uniform with the
/// variance that keeps the size of activations through ReLUs, 2 / (C R S); biases and mean pictures are 0. The same
/// seed and name give the same numbers everywhere.
///
/// cost      about 1 ns per number
/// paper     He et al. 2015, Delving deep into rectifiers
Weights seeded_weights(std::uint64_t seed = 1);

}  // namespace gradus
