#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/graph.h"
#include "tools/image/image.h"

namespace gradus {

/// What happens to a picture after a step has moved it, besides: no gradient, a rule of what pictures look like.
struct Tidy {
    std::string name = {};
    int every = 1;  // so many steps
    bool asks_gradient = false;
    /// What counts as 0 for it, (1,H,W,3); where there is none, the net's mean color.
    std::optional<Tensor> middle = {};
    /// The picture minus the middle, and the gradient that the step went down (its own units; empty unless asked for),
    /// both (1,H,W,3) -> the picture, tidied, minus the middle.
    std::function<Var(Var x, Var gradient)> apply = {};
};

/// x becomes (1 - share) x: every color fades to the mean.
Tidy decay(double share);

/// A Gaussian blur, every so many steps.
///
/// units     sigma in pixels
Tidy blur(double sigma, int every);

/// The given percent of the pixels, those nearest to the mean color, are set to it.
Tidy drop_small(double percent);

/// The given percent of the pixels, those with the smallest |g x| summed over colors, are set to the mean color: to
/// first order, the objective misses them least.
Tidy drop_idle(double percent);

/// The nearest picture whose values are all within `radius` of the center's: a cube around it.
///
/// units     radius 0..1, as pixels are
Tidy within_linf(const Image& center, double radius);

/// The nearest picture whose difference from the center is at most so long: a ball around it.
///
/// units     radius: the root of the sum of squares over all values of the picture, each 0..1
Tidy within_l2(const Image& center, double radius);

/// Refuses tidies of what is no picture, where numbers of this shape are moved, those around another size of picture,
/// and those that come every 0 steps.
void check_tidies(const std::vector<Tidy>& tidies, const Shape& numbers);

/// At the end of a run: all of them in order, to a picture that is not held.
///
/// shapes    pixels a leaf (1,H,W,3), held i32 (1), gradient like pixels or empty, mean (3) -> pixels
Var record_tidies(const std::vector<Tidy>& tidies, Var pixels, Var held, Var gradient, Var mean);

}  // namespace gradus
