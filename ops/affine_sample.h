#pragma once
#include "engine/graph.h"
#include "kernels/border.h"

namespace gradus {

using kernels::PadMode;

/// What lies beyond the picture: `fill`, where the border is zero, or the picture continued.
struct AffineOptions {
    PadMode border = PadMode::zero;
    float fill = 0;
};

/// y(h,w) = x at (m00 h + m01 w + m02, m10 h + m11 w + m12), bilinearly between pixels. The centers of the pixels are
/// the whole numbers; the matrix maps places of the *output* to places of the input, and is read at each run.
///
/// shapes    x (N,H,W,C), matrix f32 (2,3), or (N,2,3), one for each picture -> y (N, height, width, C)
/// gradient  dx: each pixel of x scans the pixels of y whose four neighbors may include it, found through the inverse
/// matrix,
///           in a fixed order: no atomics. None for the matrix.
/// cost      8 flops per element of y, x read and y written; backward, for each pixel that the area read covers, about
///           4 / |det| + 4 / sqrt|det| + 1 pixels of y. A singular matrix has no inverse: then every row of y is
///           scanned.
/// throws    when x is not of rank 4, the matrix is not f32 (2,3) or (N,2,3), or a size is not positive
Var affine_sample(Var x, Var matrix, int height, int width, AffineOptions options = {});

/// The matrix that turns a picture of this size about its center, counterclockwise, and magnifies it, for
/// affine_sample.
Tensor affine_about_center(std::int64_t height, std::int64_t width, float degrees, float zoom = 1);

/// x turned about its center, counterclockwise, at the same size.
Var rotate(Var x, float degrees, AffineOptions options = {});

/// x magnified about its center, at the same size.
Var zoom(Var x, float factor, AffineOptions options = {});

}  // namespace gradus
