#pragma once
#include "engine/graph.h"

namespace gradus {

/// The matrices with which affine_sample turns, magnifies and moves pictures, from tensors that change at each run. The
/// center of the output shows the picture's center moved by `shift`; around it, the picture is turned counterclockwise
/// and magnified. With no shift and equal sizes, that is affine_about_center.
///
/// shapes    degrees f32 (N), zoom f32 (N), shift f32 (N,2) -> f32 (N,2,3)
/// units     sizes and shift in pixels of the picture, rows before columns; a shift of (1, 0) shows what lies a row
///           further down. A zoom of 2 shows half as much; of 0, nothing but what lies beyond the border
/// gradient  none flows through
/// cost      some 20 flops in f64, a sine and a cosine, and 40 bytes per matrix
/// throws    when the shapes do not fit each other, the types are not f32, or a size is not positive
Var affine_matrix(Var degrees, Var zoom, Var shift, int height, int width, int out_height, int out_width);

}  // namespace gradus
