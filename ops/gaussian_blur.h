#pragma once
#include "engine/graph.h"
#include "kernels/border.h"

namespace gradus {

using kernels::PadMode;

/// y = x convolved with exp(-(i^2 + j^2) / (2 sigma^2)) for |i|, |j| <= radius, divided by the sum of these; each
/// channel by itself. With sigma <= 0, y = x. A sigma that is a value of the graph is read at each run.
///
/// shapes    x (N,H,W,C), sigma f32 (1) -> y like x
/// units     sigma and radius in pixels; radius 4 sigma leaves nothing out that would show
/// gradient  dx = the transposed map applied to dy: the same blur away from the border; none for sigma
/// cost      4 (2 radius + 1) flops per element, x read and y written once
/// throws    when x is not of rank 4, sigma is not f32 (1), the radius is negative, or the border circular
Var gaussian_blur(Var x, Var sigma, int radius, PadMode border = PadMode::reflect);
Var gaussian_blur(Var x, float sigma, int radius, PadMode border = PadMode::reflect);

}  // namespace gradus
