#pragma once
#include "engine/graph.h"

namespace gradus {

// Functions of one number, applied to every element. For all of them:
//
// shapes    x any -> y the same, in the same type
// gradient  dx = f'(x) dy, in the memory of dy where nobody else needs it
// cost      scale, abs, clip, sqrt 1 flop, the others as much as the C library takes, and 2 values read or written per
//           element; backward 3 values, that of scale 2
// throws    clip: when lo > hi; the others nothing of their own. Outside the domain the result is NaN or infinite, as
// in C

/// y = factor x. Gradient: factor dy; reads nothing.
Var scale(Var x, double factor);

/// y = |x|. Gradient: dy with the sign of x, 0 at the kink x = 0.
Var abs(Var x);

/// y = x^exponent. Gradient: exponent x^(exponent - 1) dy. A negative x wants a whole exponent.
Var pow(Var x, double exponent);

/// y = square root of x. Gradient: dy / (2 y), infinite at 0. Reads y only.
Var sqrt(Var x);

/// y = e^x. Gradient: y dy. Reads y only.
Var exp(Var x);

/// y = natural logarithm of x. Gradient: dy / x.
Var log(Var x);

/// y = 1 / (1 + e^-x). Gradient: y (1 - y) dy. Reads y only.
Var sigmoid(Var x);

/// y = tanh x. Gradient: (1 - y^2) dy. Reads y only.
Var tanh(Var x);

/// y = x moved into lo..hi. Gradient: dy where lo <= x <= hi, else 0: nothing pulls back what is already outside.
Var clip(Var x, double lo, double hi);

}  // namespace gradus
