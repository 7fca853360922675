#include "kernels/affine_matrix.h"

#include <cmath>
#include <numbers>

namespace gradus::kernels::reference {

void affine_matrix(const float* degrees, const float* zoom, const float* shift, float* matrix,
                   const AffineMatrixShape& s, Stream) {
    const double from_h = static_cast<double>(s.H - 1) / 2, from_w = static_cast<double>(s.W - 1) / 2;
    const double to_h = static_cast<double>(s.P - 1) / 2, to_w = static_cast<double>(s.Q - 1) / 2;
    for (std::int64_t n = 0; n < s.N; ++n) {
        // The output at `its center + v` shows the picture at `its center + shift + turned back v / zoom`.
        const double angle = static_cast<double>(degrees[n]) * std::numbers::pi / 180;
        const double cosine = std::cos(angle) / static_cast<double>(zoom[n]),
                     sine = std::sin(angle) / static_cast<double>(zoom[n]);
        const double h = from_h + static_cast<double>(shift[2 * n]), w = from_w + static_cast<double>(shift[2 * n + 1]);
        const double rows[] = {cosine, sine,   h - cosine * to_h - sine * to_w,  //
                               -sine,  cosine, w + sine * to_h - cosine * to_w};
        for (int i = 0; i < 6; ++i) matrix[6 * n + i] = static_cast<float>(rows[i]);
    }
}

}  // namespace gradus::kernels::reference
