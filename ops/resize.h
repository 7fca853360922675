#pragma once
#include "engine/graph.h"

namespace gradus {

/// How a picture is resized.
///
/// bilinear   between the two nearest pixels along each axis, however much is left out when shrinking: PyTorch's
///            interpolate(mode="bilinear", align_corners=False)
/// antialias  the same when growing; when shrinking, a triangle as wide as two pixels of the result: Pillow's BILINEAR
/// lanczos    a windowed sinc over three pixels to each side, widened when shrinking: Pillow's LANCZOS
enum class ResizeKind { bilinear, antialias, lanczos };

/// x at another size. Pixel centers lie at half-integers: y(i) looks at x((i + 1/2) height / new height - 1/2), along
/// each axis, and what lies beyond the border has no weight.
///
/// shapes    x (N,H,W,C) -> y (N, height, width, C)
/// gradient  dx = the transposed map applied to dy, each pixel gathering from those that read it; reads nothing of x or
/// y cost      2 flops per tap, rows first: 2 N height C (W taps_h + width taps_w); x read and y written once throws
/// when x is not of rank 4, or a size is not positive paper     Duchon 1979, Lanczos filtering in one and two
/// dimensions
Var resize(Var x, int height, int width, ResizeKind kind = ResizeKind::bilinear);

}  // namespace gradus
