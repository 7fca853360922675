#pragma once
#include <cstddef>

#include "kernels/matmul.h"
#include "kernels/vendor/libraries.h"

namespace gradus::kernels::vendor {

/// What cuBLAS may use as workspace: what it recommends for Hopper. `scratch` starts on a 64-byte boundary.
constexpr std::size_t cublas_scratch_bytes = (std::size_t{32} << 20) + 256;

/// `batch` products y = a b in f32, whose dense matrices follow one another in memory; with tf32, factors may be
/// rounded to 10 bits of mantissa. Null, or what cuBLAS says went wrong. Allocates nothing and does not wait.
const char* cublas_matmul(const Cublas&, CublasHandle, const float* a, const float* b, float* y, const MatmulShape&,
                          std::int64_t batch, bool tf32, Write, std::byte* scratch);

}  // namespace gradus::kernels::vendor
