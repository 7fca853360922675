#pragma once
#include "engine/graph.h"

namespace gradus {

/// How surprised a classifier is by the right answers: the mean over the rows of log(the sum of exp(x)) - x[label],
/// which is -log softmax(x)[label], computed without overflow. A label outside 0..K-1 makes it NaN. With smoothing, the
/// right answer is wanted with a probability of 1 - smoothing + smoothing / K, each other one with smoothing / K.
///
/// shapes    logits (N,K), labels i32 (N) -> (1)
/// gradient  dx = (softmax(x) - what is wanted: 1 at the label) / N, times dy. Reads the logits and the labels
/// cost      3 flops and 4 bytes per logit; backward 4 flops and 8 bytes
/// throws    when the logits are not f32 (or f64) or shapes do not match, or smoothing is not in 0..1
/// paper     Szegedy et al. 2016, Rethinking the inception architecture (smoothing)
Var cross_entropy(Var logits, Var labels, double smoothing = 0);

}  // namespace gradus
