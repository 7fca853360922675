#pragma once
#include <limits>
#include <optional>

#include "engine/graph.h"
#include "kernels/lbfgs.h"
#include "ops/optimizer_step.h"

namespace gradus {

// L-BFGS in three passes over the history and one over a few hundred numbers, all on the device. Most want lbfgs_step;
// the four ops below it are for other ways to go along the direction.

/// What L-BFGS remembers of a picture between steps; kernels/lbfgs.h says where what lies.
struct LbfgsState {
    Tensor history;  // (2 pairs + 2, values rounded up to 4): steps, changes of the gradient, and where it was before
    Tensor memory;   // f64: how many pairs and steps there were, and the products of the pairs with each other
};

/// A state at its start, for a picture of this shape and type; 1 to 100 pairs.
LbfgsState lbfgs_state(const Spec& picture, int pairs = 10);

using kernels::LbfgsRule;

struct LbfgsOptions {
    LbfgsRule rule = {};  // which pairs are kept: s y > eps y y; how long the first step is
    double longest = std::numeric_limits<double>::infinity();  // root mean square of d: longer ones are shortened
    Box box = {};
};

/// At the end of a run, moves the leaf x along the direction of L-BFGS, and remembers the step:
///
///     x = x + rate d, moved into the box;   d = -H g
///
/// with H made of the last pairs s = x - x before, y = g - g before, and the newest pair's s y / y y on the diagonal.
/// Pairs without curvature, s y <= eps y y, and pairs with a NaN are left out. Without any pair, d is the gradient
/// downhill, `first` long in the sum of its absolute values (or as long as it is), twice that after each further step
/// without one, and never longer than 1: a step that is too short to change x, or to tell its curvature, ends. With a
/// box, entries at its edge that the gradient pushes out are held, and d is that of the others. No d is longer than
/// `longest`: a pair of what was rounded says nothing of the curvature, and may ask for any step. There is no search
/// along d: the rate is a tensor, which may change between runs. Everything else in that run sees x as it was before.
/// The results, for a plan to be asked for, all three, are the new history, memory and x.
///
/// shapes    x, gradient the same, f32 or f64; rate (1) -> history, memory, x
/// gradient  none flows through
/// cost      12 pairs + 21 flops and 4 pairs + 20 values read or written per element: the history is read twice, with a
///           box three times
/// throws    when shapes or types differ, or x is not a leaf
/// paper     Nocedal 1980, Updating quasi-Newton matrices with limited storage; Chen, Wang & Zhou 2014, Large-scale
///           L-BFGS using MapReduce (the recursion on products); Bertsekas 1982, Projected Newton methods for
///           optimization problems with simple constraints
std::vector<Var> lbfgs_step(Var x, Var gradient, Var rate, const LbfgsState& state, const LbfgsOptions& options = {});

/// The products of the change of the gradient, and of the gradient, with all rows of the history and with what is new;
/// and the sum of the gradient's absolute values.
///
/// shapes    history (2 m + 2, row), x, gradient the same -> f64 (4 m + 5)
/// gradient  none flows through
/// cost      8 m + 9 flops and 2 m + 4 values read per element, in one pass
/// throws    when the history does not fit the picture
Var lbfgs_products(Var history, Var x, Var gradient);

/// The two loops of L-BFGS on products instead of vectors. Returns how much of each vector the direction holds, and the
/// next memory. With `of_slope`, lbfgs_products of a part of the gradient, the direction is that of this part, from
/// pairs of the whole.
///
/// shapes    products, of_slope f64 (4 m + 5), memory f64 (2 + 2 m^2) -> f64 (2 m + 4), f64 (2 + 2 m^2)
/// gradient  none flows through
/// cost      some 6 m^2 flops
/// throws    when the shapes do not fit each other
std::vector<Var> lbfgs_coefficients(Var products, Var memory, LbfgsRule rule = {}, std::optional<Var> of_slope = {});

/// The direction d: the rows of the history, what is new and the gradient, times their coefficients.
///
/// shapes    history (2 m + 2, row), x, gradient the same, coefficients f64 (2 m + 4) -> that of x
/// gradient  none flows through
/// cost      4 m + 8 flops and 2 m + 5 values read or written per element, in one pass; rows without a part are not
///           read
/// throws    when the shapes do not fit each other
Var lbfgs_direction(Var history, Var x, Var gradient, Var coefficients);

/// At the end of a run, writes the new pair over the oldest one of the leaf `history`, where the coefficients say that
/// it is kept, and x and the gradient as what was before. Record it before what assigns x.
///
/// shapes    history (2 m + 2, row), x, gradient the same, coefficients f64 (2 m + 4) -> that of history
/// gradient  none flows through
/// cost      2 flops and 8 values read or written per element of x
/// throws    when the shapes do not fit each other, or the history is not a leaf
Var lbfgs_push(Var history, Var x, Var gradient, Var coefficients);

}  // namespace gradus
