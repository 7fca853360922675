#pragma once
#include "engine/graph.h"
#include "kernels/border.h"

namespace gradus {

using kernels::PadMode;

/// How many rows and columns are added on each side, in pixels.
struct Padding {
    int top = 0, bottom = 0, left = 0, right = 0;
    Padding() = default;
    Padding(int all) : top(all), bottom(all), left(all), right(all) {}
    Padding(int t, int b, int l, int r) : top(t), bottom(b), left(l), right(r) {}
    bool operator==(const Padding&) const = default;
};

/// x with a frame around it: zeros, or the picture continued as the mode says. For a row a b c d: zero 0 0|a b c d|0 0,
/// reflect c b|a b c d|c b, replicate a a|a b c d|d d, circular c d|a b c d|a b. A frame may be wider than the picture.
///
/// shapes    x (N,H,W,C) -> y (N, H + top + bottom, W + left + right, C)
/// gradient  dx = for each pixel the sum of dy over all places that show it; reads nothing of x or y
/// cost      no flops, x read and y written once; backward one addition per element of dy
/// throws    when x is not of rank 4, or an amount is negative
Var pad(Var x, Padding padding, PadMode mode = PadMode::zero);

}  // namespace gradus
