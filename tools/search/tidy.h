#pragma once
#include <functional>
#include <string>
#include <vector>

#include "engine/graph.h"

namespace gradus {

/// What happens to a picture after a step has moved it, besides: no gradient, a rule of what pictures look like.
struct Tidy {
    std::string name = {};
    int every = 1;  // so many steps
    bool asks_gradient = false;
    /// The picture minus the net's mean color, and the gradient that the step went down (its own units; empty unless
    /// asked for), both (1,H,W,3) -> the picture, tidied, minus that color.
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

/// Refuses tidies of what is no picture, where numbers of this shape are moved, and those that come every 0 steps.
void check_tidies(const std::vector<Tidy>& tidies, const Shape& numbers);

/// At the end of a run: all of them in order, to a picture that is not held.
///
/// shapes    pixels a leaf (1,H,W,3), held i32 (1), gradient like pixels or empty, mean (3) -> pixels
Var record_tidies(const std::vector<Tidy>& tidies, Var pixels, Var held, Var gradient, Var mean);

}  // namespace gradus
