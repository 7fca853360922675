#pragma once
#include <cstddef>

#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// The sizes of a matrix product y (M,N) = a (M,K) b (K,N). A transposed operand lies in memory as (K,M) or
/// (N,K).
struct MatmulShape {
    std::int64_t M, N, K;
    bool transpose_a = false, transpose_b = false;
};

/// y = a b. Rows lie `stride` elements apart, so a feature map (pixels x channels) is a matrix as it is, and
/// F^T F is {.M = C, .N = C, .K = pixels, .transpose_a = true}. y is dense, in the type that T computes in.
template <class T>
using Matmul = void(Pixels<const T> a, Pixels<const T> b, Compute<T>* y, const MatmulShape&, Write, std::byte* scratch,
                    Stream);

namespace reference {  // plain loops, sums in double; no scratch
template <class T>
void matmul(Pixels<const T> a, Pixels<const T> b, Compute<T>* y, const MatmulShape&, Write, std::byte* scratch, Stream);
}  // namespace reference

namespace cpu {
/// The scratch memory that the product needs on so many threads, in bytes.
using MatmulScratchBytes = std::size_t(const MatmulShape&, int threads);

GRADUS_EACH_ISA(Matmul<float> matmul; MatmulScratchBytes matmul_scratch_bytes;)
}  // namespace cpu

/// The scratch memory that the product needs on a GPU, in bytes.
using MatmulCudaScratchBytes = std::size_t(const MatmulShape&);

/// Why a kernel does not serve a product, or null where it does.
using MatmulDeclines = const char*(const MatmulShape&);

GRADUS_EACH_CUDA(Matmul<float> matmul; MatmulCudaScratchBytes matmul_scratch_bytes;
                 // On tensor cores, from compute capability 8.0 on, in TF32; more than 4 rows.
                 Matmul<float> matmul_mma; MatmulDeclines matmul_mma_declines;
                 MatmulCudaScratchBytes matmul_mma_scratch_bytes;)

}  // namespace gradus::kernels
