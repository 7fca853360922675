#pragma once
#include <vector>

#include "engine/graph.h"

namespace gradus {

/// y[k] = scale[k] x[from[k]] + shift[k] for every pixel: what a net wants done to a picture (RGB 0..1 to BGR 0..255
/// minus a mean, say) as a part of the graph.
///
/// shapes    x (...,C), scale, shift and from of K -> y (...,K)
/// gradient  dx[c] = the sum over the k with from[k] = c of scale[k] dy[k]; reads nothing
/// cost      2 flops and C/K + 1 values per element of y; backward the same
/// throws    when the lists differ in length, or `from` names a channel that x does not have
Var channel_affine(Var x, std::vector<float> scale, std::vector<float> shift, std::vector<int> from);

}  // namespace gradus
