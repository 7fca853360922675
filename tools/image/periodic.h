#pragma once
#include "tools/image/image.h"

namespace gradus {

/// The picture without the steps from each edge to the opposite one: what is left when the smoothest picture that has
/// these steps is taken away, so that it can be laid side by side with itself. Clipped to 0..1, without transparency.
///
/// Of u, the smooth part s solves, on a torus, Laplacian s = v, where v is the step from the last row to the first one,
/// there, and its opposite in the last row; likewise for columns. Its mean is 0. What remains is u - s.
///
/// cost      two real DFTs along each axis, there and back
/// paper     Moisan 2011, Periodic plus smooth image decomposition
Image periodic_part(const Image& picture, int threads);

}  // namespace gradus
