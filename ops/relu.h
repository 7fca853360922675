#pragma once
#include "engine/graph.h"
#include "kernels/relu.h"

namespace gradus {

using kernels::ReluRule;

/// y = max(x, 0), elementwise.
///
/// shapes    x any -> y the same
/// gradient  dx = dy where y > 0, else 0; so 0 at the kink. `guided` lets only positive dy through, `deconvnet` too and
///           without looking at y. Reads y: x may be overwritten. `redirected` is for a loss that is minimized: an item
///           of the batch (along the first dimension) of which nothing would get through passes all of dy, but for
///           x < 0 with dy > 0, where going down would push x lower still. Reads x
/// cost      1 flop and 8 bytes per element; backward 1 flop and 12 bytes, redirected 3 and 12 to 20; nothing where the
///           op before it ends in the ReLU
/// throws    nothing of its own
/// paper     Nair & Hinton 2010, Rectified linear units improve restricted Boltzmann machines; Springenberg et al.
///           2015, Striving for simplicity (guided); Zeiler & Fergus 2014, Visualizing and understanding convolutional
///           networks; Olah, Mordvintsev & Schubert 2017, Feature visualization (redirected, in its code, lucid)
Var relu(Var x, ReluRule rule = ReluRule::plain);

/// Whether a value is the output of a ReLU with this rule; then `x` is what went in.
bool is_relu(Var y, ReluRule rule, Var& x);

}  // namespace gradus
