#pragma once
#include "kernels/cuda/providers.h"
#include "kernels/stream.h"

namespace gradus::kernels {

/// Matrices for `N` affine samplings of a picture of H x W pixels into one of P x Q.
struct AffineMatrixShape {
    std::int64_t N, H, W, P, Q;
};

/// matrix (N,2,3): the output's center shows the picture's center moved by `shift` (N,2), in rows and columns, turned
/// counterclockwise about it by `degrees` (N) and magnified by `zoom` (N).
using AffineMatrices = void(const float* degrees, const float* zoom, const float* shift, float* matrix,
                            const AffineMatrixShape&, Stream);

namespace reference {
AffineMatrices affine_matrix;
}
GRADUS_EACH_CUDA(AffineMatrices affine_matrix;)

}  // namespace gradus::kernels
