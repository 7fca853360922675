#pragma once
#include "ops/random.h"

namespace gradus {

/// y = x / keep where the number that random_uniform draws for the element is below `keep`, else 0: on average y is x.
/// The mask is not kept: the backward pass draws the same numbers again.
///
/// shapes    x any -> y the same; which elements fall away follows from the key, by items as in ops/random.h
/// gradient  dx = dy / keep where x stayed, else 0: the same op on dy, with the same key
/// cost      about 30 operations on whole numbers per 4 numbers, x read and y written once; backward the same
/// throws    when step is not i32 (1), or keep is not in 0 < keep <= 1; 1 drops nothing and records nothing
/// paper     Srivastava et al. 2014, Dropout: a simple way to prevent neural networks from overfitting
Var dropout(Var x, const RandomKey& key, double keep);

}  // namespace gradus
