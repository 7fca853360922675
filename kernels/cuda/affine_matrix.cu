#include "kernels/affine_matrix.h"
#include "kernels/cuda/grid.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per matrix, of which there are few: bound by the launch. In f64, as the reference: the constants are
// differences of numbers as large as the picture.
__global__ void __launch_bounds__(threads_per_block)
    affine_matrix_kernel(const float* degrees, const float* zoom, const float* shift, float* matrix,
                         AffineMatrixShape s) {
    const double to_h = static_cast<double>(s.P - 1) / 2, to_w = static_cast<double>(s.Q - 1) / 2;
    for (auto n = first_element(); n < s.N; n += grid_stride()) {
        const double angle = static_cast<double>(degrees[n]) * 3.14159265358979323846 / 180;
        const double factor = static_cast<double>(zoom[n]);
        const double cosine = cos(angle) / factor, sine = sin(angle) / factor;
        const double h = static_cast<double>(s.H - 1) / 2 + static_cast<double>(shift[2 * n]);
        const double w = static_cast<double>(s.W - 1) / 2 + static_cast<double>(shift[2 * n + 1]);
        float* m = matrix + 6 * n;
        m[0] = static_cast<float>(cosine);
        m[1] = static_cast<float>(sine);
        m[2] = static_cast<float>(h - cosine * to_h - sine * to_w);
        m[3] = static_cast<float>(-sine);
        m[4] = static_cast<float>(cosine);
        m[5] = static_cast<float>(w + sine * to_h - cosine * to_w);
    }
}

}  // namespace

void affine_matrix(const float* degrees, const float* zoom, const float* shift, float* matrix,
                   const AffineMatrixShape& s, Stream stream) {
    launch(affine_matrix_kernel, {.blocks = blocks_for(s.N), .threads = threads_per_block}, stream, degrees, zoom,
           shift, matrix, s);
}

}  // namespace gradus::kernels::GRADUS_CUDA
